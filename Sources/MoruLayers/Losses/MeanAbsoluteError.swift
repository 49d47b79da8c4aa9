import MoruArchive
public import MoruGraph

/// `|prediction − target|`, the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanAbsoluteError: Loss {
  public static let kind = "meanAbsoluteError"

  /// `|prediction − target|`.
  public init() {}

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    let target = alignedTarget(Self.kind, target, prediction)
    guard target.error == nil else { return target }
    return abs(prediction - target).mean(axes: [-1])
  }

  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
  }
}

extension Loss where Self == MeanAbsoluteError {
  /// `|prediction − target|`.
  public static var meanAbsoluteError: Self { .init() }
}
