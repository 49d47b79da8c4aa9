import MoruArchive
public import MoruGraph
import MoruTensors

/// In training multiplies each element by a normal number of mean 1 and standard deviation
/// `√(rate/(1 − rate))`; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Srivastava et al. 2014, JMLR 15, section 10.
public struct GaussianDropout: UnaryLayer {
  public static let kind = "GaussianDropout"
  public var identity = Identity()
  public let name: String?
  /// As for `Dropout`, whose noise has the same variance; at least 0 and below 1.
  public let rate: Double

  /// Multiplies elements by normal noise.
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
    let noise = Tensor.randomNormal(
      x.shape, seed: seed, stream: scope.nextStream(), dtype: x.dtype)
    return x * (1 + Tensor((rate / (1 - rate)).squareRoot()) * noise)
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
