public import MoruGraph
public import MoruTensors

/// What can go wrong in training and evaluating.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to learn from.
  case noSamples
  /// The samples have no target.
  case noTarget
  /// Class weights were given for targets that are not class numbers.
  case notClasses
  /// A setting is out of range.
  case outOfRange(String, allowed: String)
  /// The data have more classes than the model has outputs.
  case tooManyClasses(classes: Int, outputs: Int)
  /// The model's output for one sample is not one number for each class.
  case outputShape(found: Shape, classes: Int)
  /// The model's outputs do not fit what training supports.
  case outputs(Int)
  /// The targets are not such as the loss is made for.
  case targets(loss: String, Mismatch)
  /// A callback watches a figure that training does not make.
  case unknownFigure(String, known: [String], nearest: String?)
  /// A model that was not trained here is to be evaluated without a loss.
  case noObjective
  /// The loss became NaN or infinite.
  case notFinite(epoch: Int, step: Int)

  public var description: String {
    switch self {
    case .noSamples: "There are no samples. Pass at least one."
    case .noTarget:
      "The samples have no target. Name the target column when the data are read."
    case .notClasses:
      "Class weights need targets that are classes. Leave them out for numbers."
    case .outOfRange(let name, let allowed): "\(name) must be \(allowed). Change it."
    case .tooManyClasses(let classes, let outputs):
      "The data have \(classes) classes, the model has \(outputs) outputs. "
        + "Give the last layer \(classes) units."
    case .outputShape(let found, let classes):
      "The model's output for one sample has shape \(found); \(classes) classes need [\(classes)]. "
        + "Put Flatten or a pooling layer before the last layer."
    case .outputs(let count):
      "The model has \(count) outputs; fit needs exactly one. "
        + "Train models of several outputs with a custom step (compiled)."
    case .targets(let loss, let mismatch):
      "The targets do not fit \(loss): \(mismatch.reason). \(mismatch.remedy)"
    case .unknownFigure(let name, let known, let nearest):
      "There is no figure \"\(name)\" to watch; there are \(known.joined(separator: ", "))."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
    case .noObjective:
      "The model has no record of a training. Say which loss and metrics to compute."
    case .notFinite(let epoch, let step):
      "The loss became NaN or infinite in epoch \(epoch), step \(step). "
        + "Lower the learning rate, or check the inputs for huge values."
    }
  }
}
