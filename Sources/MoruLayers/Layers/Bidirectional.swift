import MoruArchive
public import MoruGraph
import MoruTensors

/// A recurrent layer that walks over time in both directions, with weights of their own.
///
/// - Shapes: As those of the layer, with twice the features if outputs are concatenated. Further
///   inputs, if any, are the initial states, forward then backward; with `returnState` so are the last
///   states after the output.
/// - Source: Schuster, Paliwal 1997, doi:10.1109/78.650093.
public struct Bidirectional: Layer {
  /// How the outputs of both directions become one.
  public enum MergeMode: String, Codable, Sendable, CaseIterable {
    /// One after the other, feature by feature.
    case concat
    /// Their sum.
    case sum
    /// Their product.
    case mul
    /// Their mean.
    case ave
    /// Not at all: two outputs.
    case separate
  }

  public static let kind = "Bidirectional"
  public var identity = Identity()
  public let name: String?
  /// The layer that walks as it is.
  public let layer: any SequenceLayer
  /// The layer that walks the other way.
  public let backwardLayer: any SequenceLayer
  /// How the outputs become one.
  public let mergeMode: MergeMode

  /// Walks with `layer` and with a copy of it that goes the other way.
  ///
  /// - Parameters:
  ///   - layer: The recurrent layer.
  ///   - backwardLayer: What walks the other way, if it is no copy.
  ///   - mergeMode: How the outputs become one.
  ///   - name: The name in weights' paths.
  public init(
    _ layer: any SequenceLayer, backwardLayer: (any SequenceLayer)? = nil,
    mergeMode: MergeMode = .concat, name: String? = nil
  ) {
    self.layer = Self.named(layer, "forward_")
    self.backwardLayer = Self.named(backwardLayer ?? Self.turned(layer), "backward_")
    self.mergeMode = mergeMode
    self.name = name
  }

  private static func named(
    _ layer: any SequenceLayer, _ prefix: String
  ) -> any SequenceLayer {
    let name = layer.name ?? Scope.snakeCase(type(of: layer).kind)
    guard !name.hasPrefix(prefix) else { return layer }
    var copy = layer
    copy.name = prefix + name
    return copy
  }

  private static func turned(_ layer: some SequenceLayer) -> any SequenceLayer {
    var copy = layer.fresh()
    copy.goBackwards.toggle()
    if let name = copy.name, name.hasPrefix("forward_") {
      copy.name = String(name.dropFirst("forward_".count))
    }
    return copy
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard layer.returnSequences == backwardLayer.returnSequences,
      layer.returnState == backwardLayer.returnState,
      layer.goBackwards != backwardLayer.goBackwards
    else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "its layers do not walk in opposite directions to outputs of one kind",
            "Give both the same returnSequences and returnState, and opposite goBackwards."))
      ]
    }
    guard inputs.count % 2 == 1 else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch(
            "it takes one input, or one and the states of both directions, not \(inputs.count)",
            "Pass as many states forward as backward."))
      ]
    }
    let half = inputs.count / 2
    let ahead = layer(Array(inputs[...half]), in: scope)
    let back = backwardLayer([inputs[0]] + inputs[(half + 1)...], in: scope)
    if let failed = (ahead + back).first(where: { $0.error != nil }) { return [failed] }
    var sides = [ahead[0], back[0]]
    if layer.returnSequences {
      // Outputs stand in the order in which they were made.
      let turned = layer.goBackwards ? 0 : 1
      sides[turned] = sides[turned].reversed(axes: [1])
    }
    let outputs = merged(sides[0], sides[1])
    if layer.returnSequences, let mask = scope.mask(of: inputs[0]) {
      for output in outputs where output.error == nil { scope.setMask(mask, of: output) }
    }
    return outputs + ahead.dropFirst() + back.dropFirst()
  }

  private func merged(_ x: Tensor, _ y: Tensor) -> [Tensor] {
    switch mergeMode {
    case .concat: [concatenate([x, y], axis: -1)]
    case .sum: [x + y]
    case .mul: [x * y]
    case .ave: [0.5 * (x + y)]
    case .separate: [x, y]
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, layer, backwardLayer, mergeMode
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    func recurrent(_ box: LayerBox, _ key: CodingKeys) throws -> any SequenceLayer {
      guard let layer = box.layer as? any SequenceLayer else {
        throw fields.outOfRange(key, "a recurrent layer, not \(type(of: box.layer).kind)")
      }
      return layer
    }
    let forward: LayerBox = try fields.required(.layer)
    let backward: LayerBox? = try fields.optional(.backwardLayer)
    self.init(
      try recurrent(forward, .layer),
      backwardLayer: try backward.map { try recurrent($0, .backwardLayer) },
      mergeMode: try fields.value(.mergeMode, default: .concat), name: try fields.optional(.name))
    identity = try fields.value(.identity, default: Identity())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(LayerBox(layer), forKey: .layer)
    try container.encode(LayerBox(backwardLayer), forKey: .backwardLayer)
    try container.encode(mergeMode, forKey: .mergeMode)
  }
}
