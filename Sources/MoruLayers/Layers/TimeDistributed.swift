import MoruArchive
public import MoruGraph
import MoruTensors

/// A layer applied to each time step on its own, with the same weights.
///
/// - Shapes: `[batch, time, …] → [batch, time, …]`: the layer sees `[batch · time, …]`.
public struct TimeDistributed: UnaryLayer {
  public static let kind = "TimeDistributed"
  public var identity = Identity()
  public let name: String?
  /// What is applied.
  public let layer: any Layer

  /// Applies `layer` to each time step.
  public init(_ layer: any Layer, name: String? = nil) {
    self.layer = layer
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 3 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its input has rank \(x.rank), less than 3", "Pass [batch, time, …]."))
    }
    let frames = x.reshaped(to: Shape([x.shape[0] * x.shape[1]] + x.shape.dropFirst(2)))
    let y = layer(frames, in: scope)
    guard y.error == nil else { return y }
    return y.reshaped(to: Shape([x.shape[0], x.shape[1]] + y.shape.dropFirst()))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, layer
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    let box: LayerBox = try fields.required(.layer)
    layer = box.layer
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(LayerBox(layer), forKey: .layer)
  }
}
