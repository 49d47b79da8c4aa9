import MoruTensors

/// Elements put before and after along one axis.
public struct Padding: Hashable, Sendable, CustomStringConvertible {
  /// Elements before the first.
  public let low: Int
  /// Elements after the last.
  public let high: Int

  /// Elements before and after.
  public init(_ low: Int, _ high: Int) {
    self.low = low
    self.high = high
  }

  public var description: String { "\(low)+\(high)" }

  /// Far more than any picture has, and few enough to be counted with.
  static let greatest = 1 << 30

  var isCountable: Bool {
    (0...Padding.greatest).contains(low) && (0...Padding.greatest).contains(high)
  }
}

/// Cross-correlation of pictures with a kernel, as every deep-learning library means convolution.
///
/// `[batch, spatial…, channels] ⋆ [window…, channels/groups, features] → [batch, out…, features]`
/// with one to three spatial axes; `out = (size + low + high − dilation·(window−1) − 1) / stride
/// + 1`. Whole numbers wrap.
public struct Convolution: SingleResultRule, Hashable {
  /// Step along each spatial axis.
  public let strides: [Int]
  /// Zeros around each spatial axis.
  public let padding: [Padding]
  /// Distance between neighbouring kernel elements along each spatial axis.
  public let dilation: [Int]
  /// Number of groups that channels and features are divided into.
  public let groups: Int

  /// A convolution over as many spatial axes as there are strides.
  public init(strides: [Int], padding: [Padding], dilation: [Int], groups: Int = 1) {
    self.strides = strides
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  public var name: String { "convolution" }
  public var attributes: String {
    "strides \(strides) padding \(padding) dilation \(dilation) groups \(groups)"
  }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (input, kernel) = (operands[0], operands[1])
    try input.requireNumeric()
    try checkAttributes()
    guard input.dtype == kernel.dtype else {
      throw Mismatch("element types differ", "Convert one of them.")
    }
    guard input.rank == strides.count + 2, kernel.rank == input.rank else {
      throw Mismatch(
        "\(strides.count) spatial axes need input and kernel of rank \(strides.count + 2)",
        "Pass [batch, spatial…, channels] and [window…, channels, features].")
    }
    let spatial = strides.count
    let (channels, features) = (input.shape[spatial + 1], kernel.shape[spatial + 1])
    guard kernel.shape[spatial] * groups == channels, features % groups == 0 else {
      throw Mismatch(
        "\(channels) channels and \(features) features do not divide into \(groups) groups of "
          + "\(kernel.shape[spatial]) channels", "Make the kernel's channels \(channels)/groups.")
    }
    var sizes = [input.shape[0]]
    for axis in 0..<spatial {
      sizes.append(
        try outputSize(input: input.shape[axis + 1], window: kernel.shape[axis], axis: axis))
    }
    return TensorType(input.dtype, Shape(sizes + [features]))
  }

  private func checkAttributes() throws(Mismatch) {
    guard (1...3).contains(strides.count), padding.count == strides.count,
      dilation.count == strides.count,
      (strides + dilation + [groups]).allSatisfy((1...Padding.greatest).contains),
      padding.allSatisfy(\.isCountable)
    else {
      throw Mismatch(
        "strides \(strides), padding \(padding), dilation \(dilation) and groups \(groups) do not "
          + "describe one to three spatial axes", "Pass positive numbers, one for each axis.")
    }
  }

  /// Output elements along one axis.
  func outputSize(input: Int, window: Int, axis: Int) throws(Mismatch) -> Int {
    let covered = dilation[axis] * (window - 1) + 1
    let padded = input + padding[axis].low + padding[axis].high
    guard window >= 1, padded >= covered else {
      throw Mismatch(
        "a window of \(covered) does not fit into \(padded) elements along spatial axis \(axis)",
        "Use a smaller kernel, same padding, or larger pictures.")
    }
    return (padded - covered) / strides[axis] + 1
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (input, kernel) = (operands[0], operands[1])
    let inputSizes = Array(input.shape.dimensions.dropFirst().dropLast())
    let window = Array(kernel.shape.dimensions.dropLast(2))
    return [
      .apply(
        .convolutionInputGradient(
          ConvolutionInputGradient(convolution: self, inputSizes: inputSizes)), cotangent, kernel),
      .apply(
        .convolutionKernelGradient(
          ConvolutionKernelGradient(convolution: self, window: window)), input, cotangent),
    ]
  }
}

/// The transpose of a convolution in its input: the gradient, and "transposed convolution".
///
/// `(cotangent [batch, out…, features], kernel) → [batch, spatial…, channels]`
public struct ConvolutionInputGradient: SingleResultRule, Hashable {
  /// The convolution that is transposed.
  public let convolution: Convolution
  /// The spatial sizes of its input, which strides leave open.
  public let inputSizes: [Int]

  /// The transpose of `convolution` for an input of these spatial sizes.
  public init(convolution: Convolution, inputSizes: [Int]) {
    self.convolution = convolution
    self.inputSizes = inputSizes
  }

  public var name: String { "convolutionInputGradient" }
  public var attributes: String { "\(convolution.attributes) input \(inputSizes)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (cotangent, kernel) = (operands[0], operands[1])
    let spatial = convolution.strides.count
    guard kernel.rank == spatial + 2, cotangent.rank == spatial + 2, inputSizes.count == spatial
    else {
      throw Mismatch(
        "\(spatial) spatial axes need tensors of rank \(spatial + 2)", "Check the shapes.")
    }
    let channels = kernel.shape[spatial] * convolution.groups
    let input = TensorType(
      cotangent.dtype, Shape([cotangent.shape[0]] + inputSizes + [channels]))
    let expected = try convolution.inferOne([input, kernel])
    guard expected == cotangent else {
      throw Mismatch("the convolution gives \(expected)", "Make the cotangent's type the same.")
    }
    return input
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (upstream, kernel) = (operands[0], operands[1])
    let window = Array(kernel.shape.dimensions.dropLast(2))
    return [
      .apply(.convolution(convolution), cotangent, kernel),
      .apply(
        .convolutionKernelGradient(
          ConvolutionKernelGradient(convolution: convolution, window: window)),
        cotangent, upstream),
    ]
  }
}

/// The transpose of a convolution in its kernel: the kernel's gradient.
///
/// `(input [batch, spatial…, channels], cotangent [batch, out…, features]) → [window…,
/// channels/groups, features]`
public struct ConvolutionKernelGradient: SingleResultRule, Hashable {
  /// The convolution that is transposed.
  public let convolution: Convolution
  /// The kernel's spatial sizes, which strides leave open.
  public let window: [Int]

  /// The transpose of `convolution` for a kernel of these spatial sizes.
  public init(convolution: Convolution, window: [Int]) {
    self.convolution = convolution
    self.window = window
  }

  public var name: String { "convolutionKernelGradient" }
  public var attributes: String { "\(convolution.attributes) window \(window)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (input, cotangent) = (operands[0], operands[1])
    let spatial = convolution.strides.count
    guard input.rank == spatial + 2, cotangent.rank == spatial + 2, window.count == spatial,
      convolution.groups >= 1
    else {
      throw Mismatch(
        "\(spatial) spatial axes need tensors of rank \(spatial + 2)", "Check the shapes.")
    }
    let channels = input.shape[spatial + 1] / convolution.groups
    let kernel = TensorType(input.dtype, Shape(window + [channels, cotangent.shape[spatial + 1]]))
    let expected = try convolution.inferOne([input, kernel])
    guard expected == cotangent else {
      throw Mismatch("the convolution gives \(expected)", "Make the cotangent's type the same.")
    }
    return kernel
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (input, upstream) = (operands[0], operands[1])
    let inputSizes = Array(input.shape.dimensions.dropFirst().dropLast())
    return [
      .apply(
        .convolutionInputGradient(
          ConvolutionInputGradient(convolution: convolution, inputSizes: inputSizes)),
        upstream, cotangent),
      .apply(.convolution(convolution), input, cotangent),
    ]
  }
}
