import MoruArchive
public import MoruGraph
import MoruTensors

/// In training sets whole samples to 0 with probability `rate` and scales the others by `1/(1 − rate)`;
/// otherwise does nothing. Before a shortcut is added, it leaves a sample the shortcut alone.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Huang et al. 2016, arXiv:1603.09382.
public struct StochasticDepth: UnaryLayer {
  public static let kind = "StochasticDepth"
  public var identity = Identity()
  public let name: String?
  /// Probability that a sample is dropped, at least 0 and below 1.
  public let rate: Double

  /// Drops samples with probability `rate`.
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
    guard let batch = x.shape.first else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no batch axis", "Pass [batch, …]."))
    }
    let shape = Shape([batch] + x.shape.dropFirst().map { _ in 1 })
    return scope.dropped(x.floating(), rate, together: shape)
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
