import MoruGraph
import MoruTensors

/// The failure of a convolution layer that is given no pictures or has impossible sizes.
func refusedConvolution(
  _ kind: String, _ x: Tensor, sizes: [Size2D], counts: [Int]
) -> Tensor? {
  guard x.rank == 4 else {
    return .failure(
      kind, [x],
      Mismatch(
        "its input has rank \(x.rank), not 4",
        "Pass [batch, height, width, channels]; Reshape adds a channel axis."))
  }
  guard sizes.allSatisfy(\.isUsable), counts.allSatisfy((1...Size2D.limit).contains) else {
    return .failure(
      kind, [x],
      Mismatch(
        "its sizes and counts are not all between 1 and \(Size2D.limit)",
        "Choose sizes and counts of at least 1."))
  }
  return nil
}

/// Each channel convolved with kernels of its own, `[height, width, channels, multiplier]`: a
/// grouped convolution of one channel to a group. `[…, channels] → […, channels · multiplier]`
func depthwiseConvolution(
  _ x: Tensor, _ kernel: Tensor, strides: Size2D, padding: PaddingMode, dilationRate: Size2D
) -> Tensor {
  if let failed = [x, kernel].first(where: { $0.error != nil }) { return failed }
  let (channels, multiplier) = (kernel.shape[2], kernel.shape[3])
  let grouped = kernel.reshaped(
    to: [kernel.shape[0], kernel.shape[1], 1, channels * multiplier])
  return convolution(
    x, grouped, strides: strides.list, padding: padding, dilation: dilationRate.list,
    groups: channels)
}
