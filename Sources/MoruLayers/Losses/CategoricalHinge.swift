public import MoruArchive
import MoruGraph

/// `max(max((1 − target) · score) − Σ target · score + 1, 0)` over the last axis, for one-hot targets:
/// the right class's score is to be 1 above every other.
///
/// - Shapes: target and prediction `[batch, …, classes] → [batch, …]`.
/// - Source: Crammer, Singer 2001, JMLR 2.
public struct CategoricalHinge: AlignedLoss, PlainPart {
  public static let kind = "categoricalHinge"

  /// The margin between the right class's score and the others'.
  public init() {}

  public var takesLogits: Bool { true }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    MoruGraph.categoricalHinge(target, prediction)
  }
}

extension Loss where Self == CategoricalHinge {
  /// The margin between the right class's score and the others'.
  public static var categoricalHinge: Self { .init() }
}
