import MoruArchive
public import MoruGraph
import MoruTensors

/// In training sets each element to selu's lower bound `−λα` with probability `rate`, then scales and
/// shifts all so that mean 0 and variance 1 stay; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515, section 3.
public struct AlphaDropout: UnaryLayer {
  public static let kind = "AlphaDropout"
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
    let x = x.floating()
    guard let seed = scope.seed, rate > 0 else { return x }
    let bound = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
    let factor = 1 / ((1 - rate) * (1 + rate * bound * bound)).squareRoot()
    let draw = Tensor.randomUniform(
      x.shape, seed: seed, stream: scope.nextStream(), dtype: x.dtype)
    let kept = select(draw .>= Tensor(rate), x, Tensor(bound))
    return Tensor(factor) * kept - Tensor(factor * bound * rate)
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
