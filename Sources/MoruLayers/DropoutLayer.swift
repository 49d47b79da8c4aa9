import MoruArchive
public import MoruGraph
import MoruTensors

/// Noise in training that keeps a model from relying on single elements; otherwise nothing is done.
/// `Rule` says which noise.
///
/// - Shapes: `[batch, …] → [batch, …]`.
public struct DropoutLayer<Rule: DropoutRule>: UnaryLayer {
  public static var kind: String { Rule.kind }
  public var identity = Identity()
  public let name: String?
  /// How much noise there is, at least 0 and below 1: the probability that an element is dropped, or what
  /// has the same variance.
  public let rate: Double

  /// Noise of a rate.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Rule.refused(x) { return failed }
    guard (0..<1).contains(rate) else {
      return .failure(
        Self.kind, [x], Mismatch("its rate is \(rate)", "Choose a rate of at least 0, below 1."))
    }
    return Rule.dropped(x.floating(), rate, in: scope)
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

/// Which noise a dropout layer makes.
public protocol DropoutRule: Sendable {
  /// The layer's name in files and messages.
  static var kind: String { get }
  /// A tensor that carries the error if the rule is not defined for `x`; nil if it is.
  static func refused(_ x: Tensor) -> Tensor?
  /// `x`, floating, with noise if `scope` is one of training.
  static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor
}

extension DropoutRule {
  public static func refused(_ x: Tensor) -> Tensor? { nil }
}
