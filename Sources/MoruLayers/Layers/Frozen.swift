import MoruArchive
public import MoruGraph

/// A layer that training leaves as it is: its weights get no gradient, and batch normalization in it
/// uses its moving statistics and does not move them, as with `trainable = False` in Keras. Dropout
/// in it goes on. Statistics may be frozen by themselves, `bn/moving_mean`, while the factors beside them
/// are trained.
///
/// Names and weights' paths are those of the layer itself, so that weights fit with and without. Of a
/// layer that is called in several places the first call decides.
///
/// ```swift
/// let model = Sequential {
///   base.frozen()
///   Dense(10, activation: .softmax)
/// }
/// ```
///
/// - Shapes: Those of the layer.
public struct Frozen: WrapperLayer {
  public static let kind = "Frozen"
  /// The layer that stays as it is.
  public internal(set) var layer: any Layer {
    get { box.layer }
    set { box = LayerBox(newValue) }
  }
  private var box: LayerBox
  /// Paths of the layers and weights in it that do, such as `block1` or `dense/kernel`; all if nil.
  public let paths: [String]?

  /// Freezes a layer, or what lies below some paths in it.
  public init(_ layer: any Layer, paths: [String]? = nil) {
    box = LayerBox(layer)
    self.paths = paths
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    scope.freezing(paths) { layer.forward(inputs, in: scope) }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case box = "layer", paths }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    box = try fields.required(.box)
    paths = try fields.optional(.paths)
  }
}

extension Layer {
  /// The same layer, which training leaves as it is.
  public func frozen() -> Frozen { Frozen(self) }

  /// The same layer, in which nothing is frozen: neither itself nor layers in `Sequential`, `Model` and
  /// `Checkpointed`.
  public func unfrozen() -> any Layer {
    switch self {
    case let frozen as Frozen: return frozen.layer.unfrozen()
    case var wrapper as Checkpointed:
      wrapper.layer = wrapper.layer.unfrozen()
      return wrapper
    case let sequential as Sequential: return sequential.mapping { $0.unfrozen() }
    case let model as Model: return model.mapping { $0.unfrozen() }
    default: return self
    }
  }
}
