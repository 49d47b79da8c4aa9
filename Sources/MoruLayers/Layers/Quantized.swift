import MoruArchive
public import MoruGraph
import MoruTensors

/// A layer some of whose products are computed on whole numbers of one byte: a quarter of the memory,
/// and less time on processors that multiply bytes.
///
/// Kernels are Int8, with a Float32 scale for each feature beside them; the range of inputs is part of
/// the layer. Everything else is computed as the layer itself does. Nothing in it is trained. A sample
/// whose input is not finite, which whole numbers could not show, gives NaN.
///
/// `TrainedModel.quantized` makes it.
///
/// - Shapes: Those of the layer. A kernel's scales `kernel_scale` have its shape but for all axes other
///   than those of features, which are 1.
/// - Source: Jacob et al. 2018, arXiv:1712.05877; scales as in Wu et al. 2020, arXiv:2004.09602.
public struct Quantized: WrapperLayer {
  public static let kind = "Quantized"
  /// The layer as it was.
  public internal(set) var layer: any Layer {
    get { box.layer }
    set { box = LayerBox(newValue) }
  }
  private var box: LayerBox
  /// What is computed on whole numbers.
  public let products: [QuantizedProduct]

  /// Quantizes some products of a layer.
  public init(_ layer: any Layer, products: [QuantizedProduct]) {
    box = LayerBox(layer)
    self.products = products
  }

  /// The name of the scales of a kernel.
  public static func scaleName(of kernel: String) -> String { kernel + "_scale" }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    let known = products.byPath(in: scope)
    var kernels: [String: QuantizedKernel] = [:]
    let outputs = scope.freezing(nil) {
      scope.substituting(
        { path, name, shape, parameter in
          guard let product = known[path] else { return parameter() }
          if let kernel = kernels[path] { return kernel.value }
          if let problem = product.complaint(about: shape) {
            return .failure(Self.kind, [], problem)
          }
          let kernel = QuantizedKernel(
            integers: scope.bytes(name, shape),
            scale: scope.state(Self.scaleName(of: name), product.scaleShape(of: shape)))
          kernels[path] = kernel
          return kernel.value
        }, { layer.forward(inputs, in: scope) })
    }
    if let failed = outputs.first(where: { $0.error != nil }) { return [failed] }
    let found = WeightedProduct.all(behind: outputs, weights: kernels.mapValues(\.value))
    var drawing = Quantization(found, kernels: kernels, ranges: known.mapValues(\.input))
    let quantized = outputs.map { drawing.redrawing($0) }
    scope.redraw { drawing.redrawing($0) }
    for (old, new) in zip(outputs, quantized) {
      if let mask = scope.mask(of: old) { scope.setMask(drawing.redrawing(mask), of: new) }
    }
    return quantized.map { $0.showingNaN(of: inputs) }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case box = "layer", products }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    box = try fields.required(.box)
    products = try fields.required(.products)
  }
}

extension Tensor {
  /// The same numbers, or NaN for each sample of which an input is not finite.
  fileprivate func showingNaN(of inputs: [Tensor]) -> Tensor {
    guard dtype.isFloating, rank >= 1 else { return self }
    return inputs.reduce(self) { output, input in
      guard input.dtype.isFloating, input.rank >= 1, input.shape.first == output.shape.first else {
        return output
      }
      // 0 times a number is 0 only if it is finite.
      let zeros = (input * 0).sum(axes: Array(1..<input.rank))
      let column = zeros.reshaped(
        to: Shape([input.shape[0]] + output.shape.dropFirst().map { _ in 1 }))
      return output + column.converted(to: output.dtype)
    }
  }
}
