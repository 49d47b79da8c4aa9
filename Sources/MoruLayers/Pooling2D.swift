import MoruGraph
import MoruTensors

/// The failure of a pooling layer that is given no pictures or has impossible sizes.
func refusedPooling(
  _ kind: String, _ x: Tensor, _ poolSize: Size2D, _ strides: Size2D?
) -> Tensor? {
  guard x.rank == 4 else {
    return .failure(
      kind, [x],
      Mismatch("its input has rank \(x.rank), not 4", "Pass [batch, height, width, channels]."))
  }
  guard poolSize.isUsable, strides?.isUsable ?? true else {
    return .failure(
      kind, [x],
      Mismatch(
        "its window or strides are not between 1 and \(Size2D.limit)",
        "Choose sizes of at least 1."))
  }
  return nil
}
