public import MoruGraph

/// What can be wrong with a layer's configuration or weights.
public enum LayerError: Error, Equatable, CustomStringConvertible {
  /// A weight has no value.
  case missingWeight(String, TensorType)
  /// A weight's value has another type than the layer declares.
  case weightMismatch(String, expected: TensorType, found: TensorType)
  /// A functional model's outputs do not depend on its inputs alone.
  case disconnected(String)
  /// Something that a layer made stands among a functional model's inputs, at this place.
  case notAnInput(Int)
  /// A functional model has no inputs or no outputs.
  case noEnds

  public var description: String {
    switch self {
    case .missingWeight(let path, let type):
      "The weight \(path) of type \(type) has no value. "
        + "Load weights that were saved from the same architecture."
    case .weightMismatch(let path, let expected, let found):
      "The weight \(path) is \(found) where the layer declares \(expected). "
        + "Load weights that were saved from the same architecture."
    case .disconnected(let detail):
      "The model's graph is not closed: \(detail). List every input that the outputs depend on."
    case .notAnInput(let place):
      "Input \(place) of the model is what a layer made. Start the model from Input(_:)."
    case .noEnds:
      "The model has no inputs or no outputs. Give it at least one of each."
    }
  }
}
