import MoruArchive
public import MoruGraph
import MoruTensors

/// A learnt step put before each sequence, in which attention gathers what tells classes apart.
///
/// - Shapes: `[batch, time, features] → [batch, 1 + time, features]`; token `[features]`.
/// - Source: Devlin et al. 2018, arXiv:1810.04805; for pictures Dosovitskiy et al. 2020,
///   arXiv:2010.11929.
public struct ClassToken: UnaryLayer {
  public static let kind = "ClassToken"
  public var identity = Identity()
  public let name: String?
  /// How the step starts, what it adds to the loss, and what it is held to.
  public let token: WeightSettings

  /// Puts a learnt step before each sequence.
  public init(
    tokenInitializer: any Initializer = .zeros, tokenRegularizer: (any Regularizer)? = nil,
    tokenConstraint: (any Constraint)? = nil, name: String? = nil
  ) {
    token = WeightSettings(tokenInitializer, tokenRegularizer, tokenConstraint)
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size1D.refusedRank(Self.kind, x) { return failed }
    let features = x.shape[2]
    let token = scope.parameter("token", [features], token)
    guard token.error == nil else { return token }
    let steps = token.reshaped(to: [1, 1, features]).broadcast(to: [x.shape[0], 1, features])
    return concatenate([steps, x.floating()], axis: 1)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind, besides: WeightSettings.keys("token"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    token = try WeightSettings(decoder, "token", default: .zeros)
  }

  public func encode(to encoder: any Encoder) throws {
    try token.encode(to: encoder, as: "token")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
  }
}
