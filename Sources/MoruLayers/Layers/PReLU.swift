import MoruArchive
public import MoruGraph
import MoruTensors

/// `x` where positive, `alpha · x` elsewhere, elementwise, with trained slopes.
///
/// - Shapes: `[batch, …] → [batch, …]`; weight `alpha` `[…]`, with size 1 along `sharedAxes`.
/// - Source: He, Zhang, Ren, Sun 2015, arXiv:1502.01852.
public struct PReLU: UnaryLayer {
  public static let kind = "PReLU"
  public var identity = Identity()
  public let name: String?
  /// Axes along which slopes are the same, the batch axis counted as 0: `[1, 2]` for pictures
  /// with one slope to a channel.
  public let sharedAxes: [Int]
  /// How the slopes start, what they add to the loss, and what they are held to.
  public let alpha: WeightSettings

  /// A rectified linear unit with trained slopes.
  public init(
    alphaInitializer: any Initializer = .zeros, alphaRegularizer: (any Regularizer)? = nil,
    alphaConstraint: (any Constraint)? = nil, sharedAxes: [Int] = [], name: String? = nil
  ) {
    self.sharedAxes = sharedAxes
    alpha = WeightSettings(alphaInitializer, alphaRegularizer, alphaConstraint)
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2 else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no feature axis", "Pass [batch, …, features]."))
    }
    guard sharedAxes.allSatisfy((1..<x.rank).contains) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "axes \(sharedAxes) are not all axes after the batch axis",
          "Choose axes in 1..<\(x.rank)."))
    }
    let x = x.floating()
    let shape = Shape((1..<x.rank).map { sharedAxes.contains($0) ? 1 : x.shape[$0] })
    let slopes = scope.parameter("alpha", shape, alpha)
    return relu(x) - slopes * relu(-x)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, sharedAxes
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(
      decoder, CodingKeys.self, part: Self.kind,
      besides: WeightSettings.keys("alpha"))
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    sharedAxes = try fields.value(.sharedAxes, default: [])
    alpha = try WeightSettings(decoder, "alpha", default: .zeros)
  }

  public func encode(to encoder: any Encoder) throws {
    try alpha.encode(to: encoder, as: "alpha")
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(sharedAxes, forKey: .sharedAxes)
  }
}
