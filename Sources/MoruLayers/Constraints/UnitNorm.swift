import MoruArchive
import MoruGraph

/// Vectors are brought to length 1.
public struct UnitNorm: NormConstraint {
  public static let kind = "unitNorm"
  /// The axes along which elements form one vector.
  public let axes: [Int]

  /// Vectors of length 1.
  public init(axes: [Int] = [0]) { self.axes = axes }

  func length(_ lengths: Tensor) -> Tensor { .ones(lengths.shape, dtype: lengths.dtype) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case axes }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    axes = try fields.axes(.axes)
  }
}

extension Constraint where Self == UnitNorm {
  /// Vectors of length 1.
  public static var unitNorm: Self { .init() }
  /// Vectors of length 1.
  public static func unitNorm(axes: [Int]) -> Self { .init(axes: axes) }
}
