import MoruArchive
public import MoruGraph
import MoruTensors

/// In training sets each element to 0 with probability `rate` and scales the others by
/// `1/(1 − rate)`; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Srivastava et al. 2014, JMLR 15; the inverted form, scaled in training.
public struct Dropout: UnaryLayer {
  public static let kind = "Dropout"
  public var identity = Identity()
  public let name: String?
  /// Probability that an element is dropped, at least 0 and below 1.
  public let rate: Double

  /// Drops elements with probability `rate`.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard (0..<1).contains(rate) else {
      return .failure(
        Self.kind, [x], Mismatch("its rate is \(rate)", "Choose a rate of at least 0, below 1."))
    }
    return scope.dropped(x.floating(), rate)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, rate
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    rate = try fields.requiredRate(.rate)
  }
}
