import MoruArchive
public import MoruGraph

/// `min(x, maxValue)` where `x` is above `threshold`, `negativeSlope · (x − threshold)` elsewhere,
/// elementwise; `max(x, 0)` by default.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Nair, Hinton 2010, ICML; the settings are Keras's.
public struct ReLU: UnaryLayer {
  public static let kind = "ReLU"
  public var identity = Identity()
  public let name: String?
  /// The greatest output, at least 0; none if nil.
  public let maxValue: Double?
  /// Slope below the threshold, at least 0.
  public let negativeSlope: Double
  /// Where the positive part begins, at least 0.
  public let threshold: Double

  /// A rectified linear unit.
  public init(
    maxValue: Double? = nil, negativeSlope: Double = 0, threshold: Double = 0, name: String? = nil
  ) {
    self.maxValue = maxValue
    self.negativeSlope = negativeSlope
    self.threshold = threshold
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard [maxValue ?? 0, negativeSlope, threshold].allSatisfy({ $0 >= 0 }) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "maxValue, negativeSlope and threshold are not all at least 0",
          "Choose numbers of at least 0."))
    }
    return relu(
      x.floating(), negativeSlope: negativeSlope, maxValue: maxValue, threshold: threshold)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, maxValue, negativeSlope, threshold
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    maxValue = try fields.optional(.maxValue)
    negativeSlope = try fields.number(.negativeSlope, default: 0, in: 0...1e6)
    threshold = try fields.number(.threshold, default: 0, in: 0...1e6)
    if let maxValue, !(maxValue >= 0) {
      throw fields.outOfRange(.maxValue, "at least 0, not \(maxValue)")
    }
  }
}
