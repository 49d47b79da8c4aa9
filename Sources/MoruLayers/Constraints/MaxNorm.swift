import MoruArchive
import MoruGraph

/// Vectors that are longer than `maxValue` are shortened to it.
///
/// With axes `[0]` a vector is what enters one unit of a dense layer; for the kernels of convolutions
/// of pictures choose `[0, 1, 2]`.
///
/// - Source: Srivastava et al. 2014, JMLR 15, section 5.1.
public struct MaxNorm: NormConstraint {
  public static let kind = "maxNorm"
  /// The greatest length, at least 0.
  public let maxValue: Double
  /// The axes along which elements form one vector.
  public let axes: [Int]

  /// Vectors of at most this length.
  public init(_ maxValue: Double = 2, axes: [Int] = [0]) {
    self.maxValue = maxValue
    self.axes = axes
  }

  func length(_ lengths: Tensor) -> Tensor { minimum(lengths, Tensor(maxValue)) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case maxValue, axes }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    maxValue = try fields.number(.maxValue, default: 2, in: 0...1e12)
    axes = try fields.axes(.axes)
  }
}

extension Constraint where Self == MaxNorm {
  /// Vectors of at most this length.
  public static func maxNorm(_ maxValue: Double = 2, axes: [Int] = [0]) -> Self {
    .init(maxValue, axes: axes)
  }
}
