import MoruTensors

/// A weight in one byte, with a scale for each feature.
public struct QuantizedKernel: Sendable {
  /// The whole numbers, Int8.
  public let integers: Tensor
  /// The distance between neighbouring numbers: of the rank of `integers`, with sizes other than 1
  /// for the last axes only, those that tell features apart.
  public let scale: Tensor
  /// The numbers that both stand for, `scale · integers`: what layers compute with.
  public let value: Tensor

  /// A weight of whole numbers and their scale.
  public init(integers: Tensor, scale: Tensor) {
    self.integers = integers
    self.scale = scale
    value = integers.converted(to: .float32) * scale
  }
}

/// Draws tensors anew with products on whole numbers of one byte.
///
/// A product `y = x · w` becomes `y = (q · v) · (s · t)` with `q = quantized(x)` in Int8 or UInt8, its
/// scale `s`, the kernel's whole numbers `v` and their scales `t`, one for each feature; `q` and `v` are
/// widened to Int32, in which products are summed, which is exact. Everything else that reads `x` reads
/// `s · q`, so that only whole numbers of one byte need to be kept.
///
/// One value draws all tensors of a model.
public struct Quantization {
  private var drawing = Redrawing()
  private let kernels: [Place: QuantizedKernel]
  /// Values that products read, by place.
  private let ranges: [Place: QuantizedRange]
  /// The whole numbers for what stands for these values.
  private var integers: [Place: (whole: Tensor, range: QuantizedRange)] = [:]

  /// - Parameters:
  ///   - products: What is computed on whole numbers, of `WeightedProduct.all` for the kernels'
  ///     values.
  ///   - kernels: Weights by name.
  ///   - ranges: How the inputs of the weights' products are written. Of products that read one value the
  ///     first one decides.
  public init(
    _ products: [WeightedProduct], kernels: [String: QuantizedKernel],
    ranges: [String: QuantizedRange]
  ) {
    self.kernels = Dictionary(
      kernels.values.map { (Place($0.value), $0) }, uniquingKeysWith: { first, _ in first })
    self.ranges = Dictionary(
      products.compactMap { product in ranges[product.weight].map { (Place(product.input), $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// A tensor of the same type with its products on whole numbers.
  public mutating func redrawing(_ tensor: Tensor) -> Tensor {
    var integers = integers
    defer { self.integers = integers }
    let (kernels, ranges) = (kernels, ranges)
    let rule = Redrawing.Rule(
      results: { vertex, inputs in
        guard vertex.isFeatureProduct, case .primitive(let product) = vertex.operation,
          let kernel = kernels[Place(inputs[1].unshaped)],
          let input = inputs[0].whole(integers)
        else { return nil }
        let sum = Tensor.apply(
          product, input.whole.converted(to: .int32),
          kernel.integers.reshaped(to: inputs[1].shape).converted(to: .int32))
        let features = Shape([inputs[1].shape.last ?? 1])
        let scale = kernel.scale.reshaped(to: features) * Tensor(Double(input.range.scale))
        return [sum.converted(to: .float32) * scale]
      },
      value: { place, value in
        guard let range = ranges[place] else { return value }
        let whole = value.quantized(to: range)
        let near = whole.dequantized(from: range)
        integers[Place(near)] = (whole, range)
        return near
      })
    return drawing.redrawing(tensor, rule)
  }
}

extension Tensor {
  /// The whole numbers that stand for the tensor, if some stand for what it is made of by reshaping and
  /// by choosing greatest elements.
  fileprivate func whole(
    _ known: [Place: (whole: Tensor, range: QuantizedRange)]
  ) -> (whole: Tensor, range: QuantizedRange)? {
    if let found = known[Place(self)] { return found }
    let step: (Tensor) -> Tensor
    switch vertex.operation {
    case .alias: step = { $0 }
    case .primitive(.reshape(let shape)): step = { $0.reshaped(to: shape) }
    case .primitive(.maxPool(let rule)): step = { .apply(.maxPool(rule), $0) }
    default: return nil
    }
    return vertex.inputs[0].whole(known).map { (step($0.whole), $0.range) }
  }
}

/// Draws tensors anew with some values rounded as if they were quantized, so that training gets used
/// to it.
public struct FakeQuantization {
  private var drawing = Redrawing()
  private let rounded: [Place: (Tensor) -> Tensor]

  /// - Parameter values: What is rounded, and how.
  public init(_ values: [(value: Tensor, rounding: (Tensor) -> Tensor)]) {
    rounded = Dictionary(
      values.map { (Place($0.value), $0.rounding) }, uniquingKeysWith: { first, _ in first })
  }

  /// A tensor of the same type that depends on rounded values.
  public mutating func redrawing(_ tensor: Tensor) -> Tensor {
    let rounded = rounded
    let rule = Redrawing.Rule(value: { place, value in rounded[place]?(value) ?? value })
    return drawing.redrawing(tensor, rule)
  }
}
