import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// Curves over time as sums of known ones, `x · basis`: what makes a block of N-BEATS a trend or a season.
///
/// A trend of degree `p` is a polynomial `Σ xᵢ tⁱ`, `i = 0 … p`; a season is `Σ xᵢ cos(2πit) + x′ᵢ sin(2πit)`,
/// `i = 0 … h` for cosines and `1 … h` for sines. Time is `t = place / length`.
///
/// - Shapes: `[batch, …, coefficients] → [batch, …, length]`; a trend has `degree + 1` coefficients, a season
///   `2 · harmonics + 1`.
/// - Source: Oreshkin et al. 2020, arXiv:1905.10437, section 3.3; the constant stands once, not twice.
public struct SeriesBasis: UnaryLayer {
  public static let kind = "SeriesBasis"
  public var identity = Identity()
  public let name: String?

  /// Which curves are summed.
  public enum Curves: String, Codable, Sendable, CaseIterable {
    /// Powers of time up to `order`.
    case trend
    /// Waves that fit 0 to `order` times into the length.
    case seasonality
  }

  /// Which curves are summed.
  public let curves: Curves
  /// The greatest power, or the most waves, at least 0.
  public let order: Int
  /// Steps of the curves, at least 1.
  public let length: Int

  /// Sums of curves of `length` steps.
  public init(_ curves: Curves, order: Int, length: Int, name: String? = nil) {
    self.curves = curves
    self.order = order
    self.length = length
    self.name = name
  }

  /// Number of coefficients.
  public var coefficients: Int { curves == .trend ? order + 1 : 2 * order + 1 }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, x.shape[x.rank - 1] == coefficients else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its input does not end in \(coefficients) coefficients",
          "Put a Dense layer of \(coefficients) units before it."))
    }
    guard order >= 0, length >= 1, let basis = try? HostTensor(rows, shape: [coefficients, length])
    else {
      return .failure(Self.kind, [x], Mismatch("it has no curves", "Ask for at least one step."))
    }
    let x = x.floating()
    return matmul(x, Tensor(basis.converted(to: x.dtype)))
  }

  /// Most numbers that a file may ask for.
  private static let largestBasis = 10_000_000

  /// `[coefficients, length]`
  private var rows: [Double] {
    let times = (0..<length).map { Double($0) / Double(length) }
    switch curves {
    case .trend: return (0...order).flatMap { power in times.map { pow($0, Double(power)) } }
    case .seasonality:
      let turns = 2 * Double.pi
      let cosines = (0...order).flatMap { wave in times.map { cos(turns * Double(wave) * $0) } }
      let sines = (0..<order).flatMap { wave in times.map { sin(turns * Double(wave + 1) * $0) } }
      return cosines + sines
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, curves, order, length
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    curves = try fields.required(.curves)
    order = try fields.required(.order)
    length = try fields.positive(.length)
    guard (0...10_000).contains(order), length <= Self.largestBasis / (2 * order + 1) else {
      throw fields.outOfRange(
        .order, "at least 0, and such that the curves have 10 million steps at most")
    }
  }
}
