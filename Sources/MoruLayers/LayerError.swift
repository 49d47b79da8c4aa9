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
  /// The inputs or the outputs of a functional model do not each have a name of their own.
  case names(of: String, [String])
  /// A model has no layer, or no weight, of this path.
  case unknownPath(String, of: String, nearest: String?)
  /// A model is to be cut at a layer that lies in one that stays whole.
  case whole(String)
  /// A layer that has no form in a file is to be saved or loaded.
  case notSavable(String)

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
    case .names(let ends, let names):
      "The \(ends) of the model are named \(names). Give each of them one name of its own."
    case .unknownPath(let path, let part, let nearest):
      "The model has no \(part) \"\(path)\". "
        + (nearest.map { "Did you mean \"\($0)\"?" } ?? "See summary() for the names it has.")
    case .whole(let path):
      "The layer \"\(path)\" lies in one that stays whole: models are cut inside Sequential and Model "
        + "only. Cut at the layer around it."
    case .notSavable(let name):
      "The layer \(name) is a function of the program and cannot be saved or loaded. "
        + "Make it a layer type of its own and add it to the catalog."
    }
  }
}
