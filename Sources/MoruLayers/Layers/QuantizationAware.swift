import MoruArchive
public import MoruGraph
import MoruTensors

/// A layer that is trained for being quantized: kernels and inputs of its products are rounded as
/// `Quantized` would, with the gradient of what they were before, so that weights settle where rounding
/// harms least.
///
/// The greatest magnitude of each input is followed by a moving average in training, and a kernel's
/// steps follow from its own greatest magnitudes.
///
/// `TrainedModel.quantizationAware` makes it, `TrainedModel.quantized` turns it into `Quantized`.
///
/// - Shapes: Those of the layer; state `kernel_input_limit` `[]` beside each kernel.
/// - Source: Jacob et al. 2018, arXiv:1712.05877.
public struct QuantizationAware: WrapperLayer {
  public static let kind = "QuantizationAware"
  /// The layer as it was.
  public internal(set) var layer: any Layer {
    get { box.layer }
    set { box = LayerBox(newValue) }
  }
  private var box: LayerBox
  /// What will be computed on whole numbers; the scales of inputs are those that training starts from.
  public let products: [QuantizedProduct]
  /// How much of a moving average stays in a step, 0…1.
  public let momentum: Double

  /// Rounds kernels and inputs of some products of a layer.
  public init(_ layer: any Layer, products: [QuantizedProduct], momentum: Double = 0.99) {
    box = LayerBox(layer)
    self.products = products
    self.momentum = momentum
  }

  /// The name of the greatest magnitude of the input of a kernel's products.
  public static func limitName(of kernel: String) -> String { kernel + "_input_limit" }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    let known = products.byPath(in: scope)
    var kernels: [String: Tensor] = [:]
    var limits: [String: Tensor] = [:]
    let outputs = scope.substituting(
      { path, name, shape, parameter in
        guard let product = known[path] else { return parameter() }
        if let kernel = kernels[path] { return kernel }
        if let problem = product.complaint(about: shape) {
          return .failure(Self.kind, [], problem)
        }
        let weight = parameter()
        guard weight.error == nil else { return weight }
        kernels[path] = weight.rounded(as: product)
        limits[path] = scope.state(
          Self.limitName(of: name), [], initializer: Constant(product.input.limit))
        return kernels[path] ?? weight
      }, { layer.forward(inputs, in: scope) })
    if let failed = outputs.first(where: { $0.error != nil }) { return [failed] }

    let moves = scope.isTraining && !scope.isFrozen
    var moved: [String: Tensor] = [:]
    let found = WeightedProduct.all(behind: outputs, weights: kernels)
    let rounded = found.compactMap { product -> (value: Tensor, rounding: (Tensor) -> Tensor)? in
      guard let limit = limits[product.weight], let range = known[product.weight]?.input else {
        return nil
      }
      let readers = found.filter { Place($0.input) == Place(product.input) }.map(\.weight)
      return (
        product.input,
        { value in
          var present = limit
          if moves {
            let seen = abs(value.stoppingGradient()).max()
            present = limit * Tensor(momentum) + seen * Tensor(1 - momentum)
            for weight in readers { moved[weight] = present }
          }
          let scale = (present * Tensor(1 / range.limits.upperBound)).orOne()
          return value.fakeQuantized(scale: scale, limits: range.limits)
        }
      )
    }
    var drawing = FakeQuantization(rounded)
    let drawn = outputs.map { drawing.redrawing($0) }
    scope.redraw { drawing.redrawing($0) }
    for (path, limit) in moved {
      scope.update(Self.limitName(of: known[path]?.kernel ?? path), limit)
    }
    for (old, new) in zip(outputs, drawn) {
      if let mask = scope.mask(of: old) { scope.setMask(drawing.redrawing(mask), of: new) }
    }
    return drawn
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case box = "layer", products, momentum
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    box = try fields.required(.box)
    products = try fields.required(.products)
    momentum = try fields.number(.momentum, default: 0.99, in: 0...1)
  }
}

extension QuantizedRange {
  /// The greatest magnitude that it holds.
  public var limit: Double { Double(scale) * limits.upperBound }
}

extension Tensor {
  /// A kernel rounded to −127…127 steps of each feature's own.
  fileprivate func rounded(as product: QuantizedProduct) -> Tensor {
    let others = Array(0..<rank - product.featureAxes)
    let greatest = abs(stoppingGradient()).max(axes: others, keepingAxes: true)
    let scale = (greatest * Tensor(1.0 / 127)).orOne()
    return fakeQuantized(scale: scale, limits: -127...127)
  }

  /// The elements, or 1 for those that have no reciprocal.
  fileprivate func orOne() -> Tensor {
    select(self .>= Tensor(Double(Float.leastNormalMagnitude)), self, 1)
  }
}
