import MoruArchive
public import MoruGraph

/// `factor · Σ|w|`, which drives weights to 0.
///
/// - Source: Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x.
public struct L1: Regularizer {
  public static let kind = "l1"
  /// What the sum is multiplied with, at least 0.
  public let factor: Double

  /// A penalty on absolute values.
  public init(_ factor: Double = 0.01) { self.factor = factor }

  public func penalty(_ weight: Tensor) -> Tensor { Tensor(factor) * abs(weight).sum() }

  private enum CodingKeys: String, CodingKey, CaseIterable { case factor = "l1" }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    factor = try fields.number(.factor, default: 0.01, in: 0...1e6)
  }
}

extension Regularizer where Self == L1 {
  /// A penalty on absolute values, which drives weights to 0.
  public static func l1(_ factor: Double = 0.01) -> Self { .init(factor) }
}
