import MoruArchive
public import MoruGraph
import MoruTensors

/// `gamma · x`, for each entry of the last axis. A gamma that starts near 0 lets a block begin as
/// little more than its shortcut.
///
/// - Shapes: `[batch, …, channels] → [batch, …, channels]`; gamma `[channels]`.
/// - Source: Touvron et al. 2021, arXiv:2103.17239.
public struct LayerScale: UnaryLayer {
  public static let kind = "LayerScale"
  public var identity = Identity()
  public let name: String?
  /// How the factors start, what they add to the loss, and what they are held to.
  public let gamma: WeightSettings

  /// Multiplies each entry of the last axis by a factor of its own.
  public init(
    gammaInitializer: any Initializer = .constant(1e-6), gammaRegularizer: (any Regularizer)? = nil,
    gammaConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    gamma = WeightSettings(gammaInitializer, gammaRegularizer, gammaConstraint)
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no channel axis", "Pass [batch, …, channels]."))
    }
    return x.floating() * scope.parameter("gamma", [x.shape[x.rank - 1]], gamma)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: WeightSettings.keys("gamma"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    gamma = try WeightSettings(decoder, "gamma", default: .constant(1e-6))
  }

  public func encode(to encoder: any Encoder) throws {
    try gamma.encode(to: encoder, as: "gamma")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
  }
}
