public import MoruGraph
public import MoruTensors

/// What can go wrong in training and evaluating.
public indirect enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// What a model's input or output is paired with.
  public enum Column: String, Sendable {
    /// What an input takes.
    case feature
    /// What an output learns.
    case target
  }

  /// There is nothing to learn from.
  case noSamples
  /// The samples have no target.
  case noTarget
  /// The data have no feature or target of a model's input or output.
  case missing(Column, String, found: [String], nearest: String?)
  /// Class weights were given for targets that are not class numbers.
  case notClasses
  /// A setting is out of range.
  case outOfRange(String, allowed: String)
  /// The data have more classes than the model has outputs.
  case tooManyClasses(classes: Int, outputs: Int)
  /// The model's output for one sample is not one number for each class.
  case outputShape(found: Shape, classes: Int)
  /// One loss was given for several outputs.
  case severalOutputs([String])
  /// A loss, metric or weight was given for an output that the model does not have.
  case unknownOutput(String, known: [String], nearest: String?)
  /// No output has a loss.
  case noLoss
  /// Two figures have one name.
  case sameName(String)
  /// All of the model's weights are frozen.
  case nothingToTrain
  /// What is wrong with one of several outputs.
  case output(String, TrainingError)
  /// The targets are not such as the loss is made for.
  case targets(loss: String, Mismatch)
  /// A callback watches a figure that training does not make.
  case unknownFigure(String, known: [String], nearest: String?)
  /// A model that was not trained here is to be evaluated without a loss.
  case noObjective
  /// A file is not the backup of such a training.
  case backup(path: String, reason: String)
  /// A callback cannot work with the training's settings.
  case callback(String, reason: String, remedy: String)
  /// What an optimizer kept in another training is not what it keeps for a parameter here.
  case progress(path: String)
  /// The models of a cross-validation do not answer alike.
  case foldsDiffer(output: String)
  /// A stream does not say how many batches an epoch has.
  case unknownLength(stream: String)
  /// A part of streamed data was to be set apart.
  case splitStream
  /// A model of several inputs or outputs cannot be the base of a transfer as it is.
  case baseEnds(inputs: Int, outputs: Int)
  /// Samples of several features cannot be looked at by a base.
  case severalFeatures([String])
  /// The features that lie before a last layer have no place of their own.
  case noFeatures(layer: String)
  /// The base of a transfer does not take the samples.
  case baseInput(expected: String, found: String)
  /// The targets of a transfer do not tell how its head must be.
  case headNeeded
  /// It cannot be estimated how alike two tasks are.
  case similarity
  /// A base does not have so many blocks.
  case blocks(Int, of: Int)
  /// The loss became NaN or infinite.
  case notFinite(epoch: Int, step: Int)

  public var description: String {
    switch self {
    case .noSamples: "There are no samples. Pass at least one."
    case .noTarget:
      "The samples have no target. Name the target column when the data are read."
    case .missing(let what, let name, let found, let nearest):
      "The data have no \(what) \"\(name)\" for the model's "
        + (what == .feature ? "input" : "output") + " of this name; they have "
        + found.joined(separator: ", ") + ". "
        + (nearest.map { "Did you mean \"\($0)\"?" } ?? "Name a \(what) so.")
    case .notClasses:
      "Class weights need one target, which is classes. Leave them out, or weigh each sample."
    case .outOfRange(let name, let allowed): "\(name) must be \(allowed). Change it."
    case .tooManyClasses(let classes, let outputs):
      "The data have \(classes) classes, the model has \(outputs) outputs. "
        + "Give the last layer \(classes) units."
    case .outputShape(let found, let classes):
      "The model's output for one sample has shape \(found); \(classes) classes need [\(classes)]. "
        + "Put Flatten or a pooling layer before the last layer."
    case .severalOutputs(let names):
      "The model has the outputs \(names.joined(separator: ", ")). Say the loss of each by name: "
        + "Objective(losses: [\"\(names[0])\": …])."
    case .unknownOutput(let name, let known, let nearest):
      "The model has no output \"\(name)\"; it has \(known.joined(separator: ", "))."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
    case .noLoss:
      "No output has a loss, so nothing can be learned. Give at least one output a loss."
    case .sameName(let name):
      "Two figures are named \"\(name)\". Give a metric a name of its own: "
        + ".named(\"…\", …), or {kind: named, name: …, metric: …} in a file."
    case .nothingToTrain:
      "All of the model's weights are frozen, or it has none. Leave some to be trained."
    case .output(let name, let error): "Output \"\(name)\": \(error)"
    case .targets(let loss, let mismatch):
      "The targets do not fit \(loss): \(mismatch.reason). \(mismatch.remedy)"
    case .unknownFigure(let name, let known, let nearest):
      "There is no figure \"\(name)\" to watch; there are \(known.joined(separator: ", "))."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
    case .noObjective:
      "The model has no record of a training. Say which loss and metrics to compute."
    case .backup(let path, let reason):
      "\(path) cannot be gone on from: \(reason). Train as before, or delete the file to begin anew."
    case .callback(let name, let reason, let remedy): "\(name): \(reason). \(remedy)"
    case .progress(let path):
      "The optimizer's progress has no values such as this optimizer keeps for \"\(path)\". Go on "
        + "with the optimizer and the model that it is of, or start anew without it."
    case .foldsDiffer(let output):
      "Output \"\(output)\" has another shape in one fold than in another. "
        + "Use a learner whose model does not depend on which classes a fold holds."
    case .unknownLength(let stream):
      "The stream does not know how many batches a pass has (\(stream)). Say stepsPerEpoch."
    case .splitStream:
      "A stream cannot be split. Split its source, and pass the other part as validation data."
    case .baseEnds(let inputs, let outputs):
      inputs == 1
        ? "The base has \(outputs) outputs. Say by features: which layer's output is learned on."
        : "The base has \(inputs) inputs, and a transfer starts from one. "
          + "Take the part behind one of them by subModel(outputs:inputs:)."
    case .severalFeatures(let names):
      "The samples have the features \(names.joined(separator: ", ")), and a base looks at one. "
        + "Make a data set of that one."
    case .noFeatures(let layer):
      "The features before \"\(layer)\" are not the output of one layer that is called once. "
        + "Name a layer whose output they are."
    case .baseInput(let expected, let found):
      "The base was trained on \(expected) and does not take \(found). "
        + "Bring the samples to that size, with as many channels."
    case .headNeeded:
      "The targets are not one of classes, labels or numbers. Say the head and the objective."
    case .similarity:
      "How alike the tasks are can be estimated for at least two samples of classes, on a base of at least "
        + "two blocks. Say .similar or .different."
    case .blocks(let count, let known):
      "\(count) of the base's blocks cannot be taken. "
        + (known == 1
          ? "It has 1: choose that." : "It has \(known): choose from 1 to \(known).")
    case .notFinite(let epoch, let step):
      "The loss became NaN or infinite in epoch \(epoch), step \(step). "
        + "Lower the learning rate, or check the inputs for huge values."
    }
  }
}
