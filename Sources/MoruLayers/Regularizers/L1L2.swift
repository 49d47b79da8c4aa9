import MoruArchive
public import MoruGraph

/// `l1 · Σ|w| + l2 · Σw²`.
///
/// - Source: Zou, Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x.
public struct L1L2: Regularizer {
  public static let kind = "l1l2"
  /// Factor of the sum of absolute values, at least 0.
  public let l1: Double
  /// Factor of the sum of squares, at least 0.
  public let l2: Double

  /// A penalty on absolute values and squares.
  public init(l1: Double = 0, l2: Double = 0) {
    self.l1 = l1
    self.l2 = l2
  }

  public func penalty(_ weight: Tensor) -> Tensor {
    var terms: [Tensor] = []
    if l1 > 0 { terms.append(Tensor(l1) * abs(weight).sum()) }
    if l2 > 0 { terms.append(Tensor(l2) * square(weight).sum()) }
    return terms.reduce(Tensor(0)) { $0 + $1 }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case l1, l2 }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "regularizer")
    l1 = try fields.number(.l1, default: 0, in: 0...1e6)
    l2 = try fields.number(.l2, default: 0, in: 0...1e6)
  }
}

extension Regularizer where Self == L1L2 {
  /// A penalty on absolute values and squares.
  public static func l1l2(_ l1: Double, _ l2: Double) -> Self { .init(l1: l1, l2: l2) }
}
