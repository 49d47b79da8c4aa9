import MoruArchive
public import MoruGraph

/// A layer whose inner values are not kept for the backward pass but computed again in it: less
/// memory for one more forward pass of the layer. Values and gradients stay the same, bit for bit.
///
/// Blocks of a deep network are worth it, single layers are not. Names and weights' paths are those
/// of the layer itself, so that weights fit with and without.
///
/// - Shapes: Those of the layer.
/// - Source: Chen, Xu, Zhang, Guestrin 2016, arXiv:1604.06174.
public struct Checkpointed: WrapperLayer {
  public static let kind = "Checkpointed"
  /// The layer that is computed again.
  public internal(set) var layer: any Layer {
    get { box.layer }
    set { box = LayerBox(newValue) }
  }
  private var box: LayerBox

  /// Computes `layer` again for its gradient.
  public init(_ layer: any Layer) { box = LayerBox(layer) }

  /// Computes some layers, one after another, again for their gradient.
  public init(name: String? = nil, @LayerBuilder _ layers: () -> [any Layer]) {
    box = LayerBox(Sequential(layers(), name: name))
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    scope.checkpointed(inputs) { layer.forward($0, in: scope) }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case box = "layer" }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    box = try fields.required(.box)
  }
}

extension Layer {
  /// The same layer, computed again in the backward pass instead of kept: less memory, more work.
  public func checkpointed() -> Checkpointed { Checkpointed(self) }
}
