import MoruGraph
import MoruLayers
import MoruTensors

/// How the features of a network without its top are made one vector.
public enum FeaturePooling: String, Sendable, CaseIterable {
  /// The mean over all places.
  case average
  /// The greatest over all places.
  case maximum
}

/// What is asked of a network that is being drawn.
struct Drawing: Sendable {
  let definition: Definition
  let inputShape: Shape
  let classes: Int
  let includeTop: Bool
  let pooling: FeaturePooling?
  let activation: ActivationFunction

  /// Keras's definition, not torchvision's.
  var isKeras: Bool { definition == .keras }

  /// How strided windows meet the border.
  var padding: BlockPadding { isKeras ? .same : .symmetric }

  /// The mean over all places and a layer of one unit for each class; without a top the features.
  ///
  /// - Parameters:
  ///   - x: The features.
  ///   - dropout: Share of the means that are dropped in training.
  ///   - dropoutName: The name of the layer that drops them.
  ///   - name: The name of the last layer.
  func head(
    _ x: Symbol, dropout: Double = 0, dropoutName: String? = nil, name: String = "predictions"
  ) -> Symbol {
    guard includeTop else { return pooled(x) }
    let means = GlobalAveragePooling2D(name: "avg_pool")(x)
    let kept = dropout > 0 ? Dropout(dropout, name: dropoutName)(means) : means
    return Dense(classes, activation: activation, name: name)(kept)
  }

  /// The features of a network without its top.
  func pooled(_ x: Symbol) -> Symbol {
    let isText = inputShape.rank == 1
    return switch pooling {
    case nil: x
    case .average:
      isText
        ? GlobalAveragePooling1D(name: "avg_pool")(x) : GlobalAveragePooling2D(name: "avg_pool")(x)
    case .maximum:
      isText ? GlobalMaxPooling1D(name: "max_pool")(x) : GlobalMaxPooling2D(name: "max_pool")(x)
    }
  }
}
