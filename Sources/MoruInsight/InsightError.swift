public import MoruTensors

/// What can go wrong in looking inside a model.
public enum InsightError: Error, Equatable, CustomStringConvertible {
  /// The model has no layer of that path.
  case unknownLayer(String, known: [String], nearest: String?)
  /// A layer's output or a weight does not have the axes that are needed.
  case shape(of: String, found: Shape, needed: String)
  /// The model takes more than one input, or one that is no picture.
  case notOnePicture(inputs: Int)
  /// A sample is not what the model takes.
  case sample(found: Shape, expected: Shape)
  /// There is no class of that number.
  case unknownClass(Int, count: Int)
  /// A setting is out of range.
  case outOfRange(String, allowed: String)

  public var description: String {
    switch self {
    case .unknownLayer(let name, let known, let nearest):
      "The model has no layer \"\(name)\"; it has \(known.joined(separator: ", "))."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? " Name one of them.")
    case .shape(let name, let found, let needed):
      "\(name) has shape \(found), not \(needed). Choose a layer whose output has."
    case .notOnePicture(let inputs):
      inputs == 1
        ? "The model's input is no picture [height, width, channels]. Use the layers' outputs."
        : "The model takes \(inputs) inputs, not one picture. Use the layers' outputs."
    case .sample(let found, let expected):
      "The sample has shape \(found); the model takes \(expected). "
        + "Pass one sample without a batch axis."
    case .unknownClass(let number, let count):
      "There is no class \(number); the model's output has \(count). Pass 0 to \(count - 1)."
    case .outOfRange(let name, let allowed): "\(name) must be \(allowed). Change it."
    }
  }
}
