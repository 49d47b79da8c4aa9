import MoruTensors

/// A window that slides over the spatial axes of `[batch, spatial…, channels]`.
public struct PoolingWindow: Hashable, Sendable, CustomStringConvertible {
  /// Elements of the window along each spatial axis.
  public let sizes: [Int]
  /// Step along each spatial axis.
  public let strides: [Int]
  /// Places outside the picture, which are never chosen and never counted.
  public let padding: [Padding]

  /// A window over as many spatial axes as there are sizes.
  public init(sizes: [Int], strides: [Int], padding: [Padding]) {
    self.sizes = sizes
    self.strides = strides
    self.padding = padding
  }

  public var description: String { "window \(sizes) strides \(strides) padding \(padding)" }

  func outputType(_ input: TensorType, ofWholes: Bool = false) throws(Mismatch) -> TensorType {
    if ofWholes { try input.requireNumeric() } else { try input.requireFloating() }
    guard (1...3).contains(sizes.count), strides.count == sizes.count, padding.count == sizes.count,
      input.rank == sizes.count + 2, padding.allSatisfy(\.isCountable),
      (sizes + strides).allSatisfy((1...Padding.greatest).contains)
    else {
      throw Mismatch(
        "\(self) does not fit an input of rank \(input.rank)",
        "Pass [batch, spatial…, channels] and one positive number for each spatial axis.")
    }
    var output = input.shape.dimensions
    for axis in sizes.indices {
      let (low, high) = (padding[axis].low, padding[axis].high)
      let padded = input.shape[axis + 1] + low + high
      guard low < sizes[axis], high < sizes[axis], padded >= sizes[axis],
        input.shape[axis + 1] > 0
      else {
        throw Mismatch(
          "a window of \(sizes[axis]) does not fit into \(input.shape[axis + 1]) elements with "
            + "padding \(padding[axis])", "Use a smaller window or larger pictures.")
      }
      output[axis + 1] = (padded - sizes[axis]) / strides[axis] + 1
    }
    return TensorType(input.dtype, Shape(output))
  }
}

/// The greatest element of each window, of whole numbers too; NaN if there is one.
public struct MaxPool: SingleResultRule, Hashable {
  /// The window.
  public let window: PoolingWindow

  /// Pools with `window`.
  public init(window: PoolingWindow) { self.window = window }

  public var name: String { "maxPool" }
  public var attributes: String { window.description }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    return try window.outputType(operands[0], ofWholes: true)
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [.apply(.maxPoolGradient(MaxPoolGradient(window: window)), operands[0], cotangent)]
  }
}

/// Adds each window's cotangent to the place of its greatest element, the first of equal ones.
/// `(input, cotangent of the pooled) → like input`
public struct MaxPoolGradient: SingleResultRule, Hashable {
  /// The window.
  public let window: PoolingWindow

  /// Pools with `window`.
  public init(window: PoolingWindow) { self.window = window }

  public var name: String { "maxPoolGradient" }
  public var attributes: String { window.description }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    try operands[1].requireSame(as: window.outputType(operands[0]))
    return operands[0]
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [nil, .apply(.maxPoolGather(MaxPoolGather(window: window)), operands[0], cotangent)]
  }
}

/// Takes from the second operand the elements at the places where the first one's windows have
/// their greatest element: the transpose of `MaxPoolGradient`. `(input, like input) → pooled`
public struct MaxPoolGather: SingleResultRule, Hashable {
  /// The window.
  public let window: PoolingWindow

  /// Pools with `window`.
  public init(window: PoolingWindow) { self.window = window }

  public var name: String { "maxPoolGather" }
  public var attributes: String { window.description }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    try operands[0].requireSame(as: operands[1])
    return try window.outputType(operands[0])
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [nil, .apply(.maxPoolGradient(MaxPoolGradient(window: window)), operands[0], cotangent)]
  }
}

/// The mean of each window; padding is not counted.
public struct AveragePool: SingleResultRule, Hashable {
  /// The window.
  public let window: PoolingWindow

  /// Pools with `window`.
  public init(window: PoolingWindow) { self.window = window }

  public var name: String { "averagePool" }
  public var attributes: String { window.description }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    return try window.outputType(operands[0])
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let sizes = Array(operands[0].shape.dimensions.dropFirst().dropLast())
    return [
      .apply(
        .averagePoolGradient(AveragePoolGradient(window: window, inputSizes: sizes)), cotangent)
    ]
  }
}

/// Spreads each window's cotangent evenly over its elements. `pooled → like the input`
public struct AveragePoolGradient: SingleResultRule, Hashable {
  /// The window.
  public let window: PoolingWindow
  /// The spatial sizes of the pooled input, which strides leave open.
  public let inputSizes: [Int]

  /// The transpose of pooling an input of these spatial sizes.
  public init(window: PoolingWindow, inputSizes: [Int]) {
    self.window = window
    self.inputSizes = inputSizes
  }

  public var name: String { "averagePoolGradient" }
  public var attributes: String { "\(window) input \(inputSizes)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let cotangent = operands[0]
    guard cotangent.rank == inputSizes.count + 2 else {
      throw Mismatch("the rank is not \(inputSizes.count + 2)", "Check the shape.")
    }
    let input = TensorType(
      cotangent.dtype,
      Shape([cotangent.shape[0]] + inputSizes + [cotangent.shape[inputSizes.count + 1]]))
    try cotangent.requireSame(as: window.outputType(input))
    return input
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [.apply(.averagePool(AveragePool(window: window)), cotangent)]
  }
}
