public import MoruArchive
public import MoruGraph
public import MoruTensors

/// `(log(1 + prediction) − log(1 + target))²`, the mean over the last axis: errors in proportion,
/// for targets of at least 0 that span decades. Numbers below 1e-7 count as 1e-7.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanSquaredLogarithmicError: AlignedLoss, PlainPart {
  public static let kind = "meanSquaredLogarithmicError"

  /// Squared differences of logarithms.
  public init() {}

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutNegative(targets)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    squaredLogarithmicError(target, prediction).mean(axes: [-1])
  }
}

extension Loss where Self == MeanSquaredLogarithmicError {
  /// Squared differences of logarithms.
  public static var meanSquaredLogarithmicError: Self { .init() }
}
