public import MoruArchive
public import MoruGraph
public import MoruTensors

/// `prediction − target · log(prediction + 1e-7)`, the mean over the last axis: for counts, whose
/// expectation the model gives (end it with softplus or exponential).
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct Poisson: AlignedLoss, PlainPart {
  public static let kind = "poisson"

  /// The negative logarithm of a Poisson distribution.
  public init() {}

  public func complaint(about targets: HostTensor, output: Shape) -> Mismatch? {
    complaintAboutNegative(targets)
  }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.poisson(target, prediction).mean(axes: [-1])
  }
}

extension Loss where Self == Poisson {
  /// The negative logarithm of a Poisson distribution.
  public static var poisson: Self { .init() }
}
