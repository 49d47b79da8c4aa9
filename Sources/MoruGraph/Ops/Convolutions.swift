import MoruTensors

/// How a window meets the border: Keras's rule.
public enum PaddingMode: String, Codable, Sendable, CaseIterable {
  /// No padding: only whole windows.
  case valid
  /// Zeros all around so that the output has `⌈size / stride⌉` elements; an odd one goes after.
  case same
  /// As many outputs as `same`, with all zeros before: no output sees a later element.
  case causal

  /// The padding along one axis.
  public func padding(size: Int, window: Int, stride: Int, dilation: Int = 1) -> Padding {
    guard self != .valid else { return Padding(0, 0) }
    let covered = dilation * (window - 1) + 1
    guard self == .same else { return Padding(covered - 1, 0) }
    let outputs = (size + stride - 1) / stride
    let total = max(0, (outputs - 1) * stride + covered - size)
    return Padding(total / 2, total - total / 2)
  }
}

/// Cross-correlation of pictures (or sequences, or volumes) with a kernel.
///
/// - Shapes: `([batch, spatial…, channels], [window…, channels/groups, features]) → [batch, out…,
///   features]`, one to three spatial axes.
/// - Parameters:
///   - x: The pictures.
///   - kernel: The kernel.
///   - strides: Step along each spatial axis.
///   - padding: How windows meet the border.
///   - dilation: Distance between neighbouring kernel elements, along each spatial axis.
///   - groups: Number of groups that channels and features are divided into.
public func convolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int], padding: PaddingMode, dilation: [Int],
  groups: Int = 1
) -> Tensor {
  if let failed = [x, kernel].first(where: { $0.error != nil }) { return failed }
  let fits =
    x.rank == strides.count + 2 && kernel.rank == x.rank && dilation.count == strides.count
    && (strides + dilation).allSatisfy((1...Padding.greatest).contains)
  // The primitive words the mismatch.
  let paddings = strides.indices.map { axis in
    fits
      ? padding.padding(
        size: x.shape[axis + 1], window: kernel.shape[axis], stride: strides[axis],
        dilation: dilation[axis]) : Padding(0, 0)
  }
  // Zeros that were put around the pictures become the convolution's own, which cost nothing.
  if fits, let (inner, zeros) = x.withoutZerosAround() {
    let all = zip(zeros, paddings).map { Padding($0.low + $1.low, $0.high + $1.high) }
    let rule = Convolution(strides: strides, padding: all, dilation: dilation, groups: groups)
    return .apply(.convolution(rule), inner, kernel)
  }
  let rule = Convolution(
    strides: strides, padding: paddings, dilation: dilation, groups: groups)
  return .apply(.convolution(rule), x, kernel)
}

extension Tensor {
  /// What is inside, and how many zeros are around it along each spatial axis, if this is a batch of
  /// pictures with zeros around.
  fileprivate func withoutZerosAround() -> (inner: Tensor, zeros: [Padding])? {
    guard rank >= 3, case .primitive(.pad(let rule)) = vertex.operation,
      rule.interior.allSatisfy({ $0 == 0 }),
      vertex.inputs[1].constant == .zeros([], dtype: dtype)
    else { return nil }
    let ends = [0, rank - 1]
    guard ends.allSatisfy({ rule.low[$0] == 0 && rule.high[$0] == 0 }) else { return nil }
    return (vertex.inputs[0], (1..<rank - 1).map { Padding(rule.low[$0], rule.high[$0]) })
  }

  /// Whether this is the greater of something and 0.
  fileprivate var isRectified: Bool {
    guard case .primitive(.binary(.maximum)) = vertex.operation else { return false }
    return vertex.inputs.contains { input in
      var value = input
      while case .primitive(.broadcast) = value.vertex.operation { value = value.vertex.inputs[0] }
      return value.constant == .zeros([], dtype: dtype)
    }
  }
}

/// The transpose of a convolution in its input, which makes pictures larger.
///
/// - Shapes: `([batch, spatial…, features], [window…, channels, features]) → [batch, out…,
///   channels]`; along each axis `out = size · stride`, and with `valid` padding by as much more as
///   the dilated window is larger than the stride.
/// - Parameters:
///   - x: The pictures.
///   - kernel: The kernel of the convolution that is transposed.
///   - strides: Step along each spatial axis of the output.
///   - padding: How windows meet the output's border.
///   - dilation: Distance between neighbouring kernel elements, along each spatial axis.
public func transposedConvolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int], padding: PaddingMode, dilation: [Int]
) -> Tensor {
  if let failed = [x, kernel].first(where: { $0.error != nil }) { return failed }
  let fits =
    x.rank == strides.count + 2 && kernel.rank == x.rank && dilation.count == strides.count
    && (strides + dilation + kernel.shape.dimensions).allSatisfy((1...Padding.greatest).contains)
    && x.shape.dimensions.allSatisfy((0...Padding.greatest).contains)
  guard fits else {
    return .failure(
      "transposedConvolution", [x, kernel],
      Mismatch(
        "strides \(strides) and dilation \(dilation) do not describe the input's spatial axes",
        "Pass [batch, spatial…, features], [window…, channels, features] and positive numbers."))
  }
  let sizes = strides.indices.map { axis in
    let covered = dilation[axis] * (kernel.shape[axis] - 1) + 1
    let excess = padding == .valid ? max(covered - strides[axis], 0) : 0
    return x.shape[axis + 1] * strides[axis] + excess
  }
  let paddings = strides.indices.map { axis in
    padding.padding(
      size: sizes[axis], window: kernel.shape[axis], stride: strides[axis],
      dilation: dilation[axis])
  }
  let rule = Convolution(strides: strides, padding: paddings, dilation: dilation)
  return .apply(
    .convolutionInputGradient(ConvolutionInputGradient(convolution: rule, inputSizes: sizes)), x,
    kernel)
}

/// The greatest element of each window. `[batch, spatial…, channels] → [batch, out…, channels]`
public func maxPool(
  _ x: Tensor, sizes: [Int], strides: [Int], padding: PaddingMode
) -> Tensor {
  guard x.error == nil else { return x }
  let own = window(x, sizes, strides, padding)
  // Zeros around what is nowhere below 0 are greater than no element of a window that holds one.
  if let (inner, zeros) = x.withoutZerosAround(), inner.isRectified, own.sizes.count == zeros.count
  {
    let all = zip(zeros, own.padding).map { Padding($0.low + $1.low, $0.high + $1.high) }
    let everyWindowHoldsOne = zip(all, own.sizes).allSatisfy { max($0.low, $0.high) < $1 }
    if everyWindowHoldsOne, zip(inner.shape.dropFirst(), own.sizes).allSatisfy({ $0 >= $1 }) {
      let window = PoolingWindow(sizes: own.sizes, strides: own.strides, padding: all)
      return .apply(.maxPool(MaxPool(window: window)), inner)
    }
  }
  return .apply(.maxPool(MaxPool(window: own)), x)
}

/// The mean of each window; padding is not counted. `[batch, spatial…, channels] → [batch, out…,
/// channels]`
public func averagePool(
  _ x: Tensor, sizes: [Int], strides: [Int], padding: PaddingMode
) -> Tensor {
  guard x.error == nil else { return x }
  return .apply(.averagePool(AveragePool(window: window(x, sizes, strides, padding))), x)
}

private func window(
  _ x: Tensor, _ sizes: [Int], _ strides: [Int], _ mode: PaddingMode
) -> PoolingWindow {
  let fits =
    x.rank == sizes.count + 2 && strides.count == sizes.count
    && (sizes + strides).allSatisfy((1...Padding.greatest).contains)
  let padding = sizes.indices.map { axis in
    fits
      ? mode.padding(size: x.shape[axis + 1], window: sizes[axis], stride: strides[axis])
      : Padding(0, 0)
  }
  return PoolingWindow(sizes: sizes, strides: strides, padding: padding)
}
