import MoruArchive
public import MoruGraph

/// `(prediction − target)²`, the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
public struct MeanSquaredError: Loss {
  public static let kind = "meanSquaredError"

  /// `(prediction − target)²`.
  public init() {}

  public func values(target: Tensor, prediction: Tensor) -> Tensor {
    let target = alignedTarget(Self.kind, target, prediction)
    guard target.error == nil else { return target }
    return square(prediction - target).mean(axes: [-1])
  }

  public init(from decoder: any Decoder) throws {
    _ = try Fields(decoder, NoKeys.self, part: Self.kind)
  }
}

extension Loss where Self == MeanSquaredError {
  /// `(prediction − target)²`.
  public static var meanSquaredError: Self { .init() }
}
