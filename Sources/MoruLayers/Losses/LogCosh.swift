public import MoruArchive
import MoruGraph

/// `log cosh(prediction − target)`, the mean over the last axis: about `e²/2` for small errors e and
/// `|e| − log 2` for large ones, smooth everywhere.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct LogCosh: AlignedLoss, PlainPart {
  public static let kind = "logCosh"

  /// `log cosh(prediction − target)`.
  public init() {}

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.logCosh(prediction - target).mean(axes: [-1])
  }
}

extension Loss where Self == LogCosh {
  /// `log cosh(prediction − target)`.
  public static var logCosh: Self { .init() }
}
