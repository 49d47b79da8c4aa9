import MoruArchive
public import MoruGraph
import MoruTensors

/// How far two things of one shape are apart: the mean over the last axis of the squares of their
/// differences.
///
/// - Shapes: `[batch, …, features]` twice `→ [batch, …, 1]`.
public struct ReconstructionError: MergingLayer, PlainLayer {
  public static let kind = "ReconstructionError"
  public var identity = Identity()
  public let name: String?

  /// The error of what was to be given back.
  public init(name: String? = nil) { self.name = name }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    guard inputs.count == 2, inputs[0].shape == inputs[1].shape, inputs[0].rank >= 2 else {
      return .failure(
        Self.kind, inputs,
        Mismatch(
          "it takes what was given and what was given back, [batch, …] each, of equal shapes",
          "Pass two outputs of layers of equal size."))
    }
    let difference = inputs[0].floating() - inputs[1].floating()
    return square(difference).mean(axes: [difference.rank - 1], keepingAxes: true)
  }
}
