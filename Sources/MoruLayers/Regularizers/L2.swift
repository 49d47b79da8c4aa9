import MoruArchive
public import MoruGraph

/// `factor · Σw²`, which keeps weights small.
///
/// - Source: Hoerl, Kennard 1970, doi:10.1080/00401706.1970.10488634.
public struct L2: Regularizer {
  public static let kind = "l2"
  /// What the sum is multiplied with, at least 0.
  public let factor: Double

  /// A penalty on squares.
  public init(_ factor: Double = 0.01) { self.factor = factor }

  public func penalty(_ weight: Tensor) -> Tensor { Tensor(factor) * square(weight).sum() }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor = "l2" }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.number(.factor, default: 0.01, in: 0...1e6)
  }
}

extension Regularizer where Self == L2 {
  /// A penalty on squares, which keeps weights small.
  public static func l2(_ factor: Double = 0.01) -> Self { .init(factor) }
}
