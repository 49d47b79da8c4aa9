import MoruArchive
public import MoruGraph

/// What a weight adds to the loss: `l1 · Σ|w| + l2 · Σw²`, as in Keras.
public struct Regularizer: Hashable, Sendable, Codable {
  /// Factor of the sum of absolute values, at least 0.
  public let l1: Double
  /// Factor of the sum of squares, at least 0.
  public let l2: Double

  /// A penalty on absolute values and squares.
  public static func l1l2(_ l1: Double, _ l2: Double) -> Regularizer {
    Regularizer(l1: l1, l2: l2)
  }
  /// A penalty on absolute values, which drives weights to 0.
  public static func l1(_ factor: Double) -> Regularizer { Regularizer(l1: factor, l2: 0) }
  /// A penalty on squares, which keeps weights small.
  public static func l2(_ factor: Double) -> Regularizer { Regularizer(l1: 0, l2: factor) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case l1, l2 }

  private init(l1: Double, l2: Double) {
    self.l1 = l1
    self.l2 = l2
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: "regularizer")
    l1 = try fields.number(.l1, default: 0, in: 0...1e6)
    l2 = try fields.number(.l2, default: 0, in: 0...1e6)
  }

  /// The penalty of a weight, a scalar.
  public func penalty(_ weight: Tensor) -> Tensor {
    var terms: [Tensor] = []
    if l1 > 0 { terms.append(Tensor(l1) * abs(weight).sum()) }
    if l2 > 0 { terms.append(Tensor(l2) * square(weight).sum()) }
    return terms.reduce(Tensor(0)) { $0 + $1 }
  }
}
