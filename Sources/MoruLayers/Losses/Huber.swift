import MoruArchive
import MoruGraph

/// `e²/2` where `|e| ≤ delta`, `delta · |e| − delta²/2` elsewhere, with `e = prediction − target`;
/// the mean over the last axis.
///
/// - Shapes: target and prediction `[batch, …, values] → [batch, …]`; a target `[batch]` fits a
///   prediction `[batch, 1]`.
/// - Source: Huber 1964, doi:10.1214/aoms/1177703732.
public struct Huber: AlignedLoss {
  public static let kind = "huber"
  /// Where squares turn into absolute values, in the target's unit; above 0.
  public let delta: Double

  /// A loss that large errors enter in proportion.
  public init(delta: Double = 1) { self.delta = delta }

  func losses(_ target: Tensor, _ prediction: Tensor) -> Tensor {
    let error = abs(prediction - target)
    let (width, half) = (Tensor(delta), Tensor(delta * delta / 2))
    return select(error .<= width, 0.5 * error * error, width * error - half).mean(axes: [-1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case delta }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    delta = try fields.number(.delta, default: 1, in: 1e-12...1e12)
  }
}

extension Loss where Self == Huber {
  /// Huber's loss with delta 1.
  public static var huber: Self { .init() }
  /// Huber's loss.
  public static func huber(delta: Double) -> Self { .init(delta: delta) }
}
