import MoruArchive
public import MoruGraph

/// `x` where positive, `negativeSlope · x` elsewhere, elementwise.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Maas, Hannun, Ng 2013, ICML workshop on deep learning for audio, speech and language;
///   the slope is Keras's.
public struct LeakyReLU: UnaryLayer {
  public static let kind = "LeakyReLU"
  public var identity = Identity()
  public let name: String?
  /// Slope for negative numbers, at least 0.
  public let negativeSlope: Double

  /// Leaks negative numbers by `negativeSlope`.
  public init(_ negativeSlope: Double = 0.3, name: String? = nil) {
    self.negativeSlope = negativeSlope
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard negativeSlope >= 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its slope is \(negativeSlope)", "Choose a slope of at least 0."))
    }
    return leakyRelu(x.floating(), slope: negativeSlope)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, negativeSlope
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    negativeSlope = try fields.number(.negativeSlope, default: 0.3, in: 0...1e6)
  }
}
