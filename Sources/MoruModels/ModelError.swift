import MoruTensors

/// What can be wrong with a model package or with what a model is given.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// A package was written by a later Moru.
  case laterFormat(path: String, version: Int)
  /// A package's description cannot be read.
  case unreadable(path: String, reason: String)
  /// An input is missing, or one is given that the model does not have.
  case inputNames(expected: [String], found: [String])
  /// An input has another shape or element type than the model's.
  case inputType(name: String, expected: String, found: String)
  /// An input holds a number that is not finite.
  case notFinite(name: String)
  /// The samples of several inputs differ in number.
  case unequalBatch([Int])
  /// The samples do not fill the batches for which the model keeps states.
  case partialBatch(samples: Int, batchSize: Int)
  /// The model keeps states between batches where samples of several callers share a batch.
  case keepsStates
  /// No output, or more than one, gives labels of which a sample may have several.
  case noLabelSet(String?, outputs: [String])
  /// There is not one finite threshold for each label.
  case thresholds(found: Int, labels: Int)
  /// A step of preparation cannot be fitted, or not be put around a model.
  case preparation(String, problem: String, advice: String)
  /// A rule is to decide between classes where no output, or more than one, gives their probabilities.
  case notProbabilities(outputs: [String])
  /// A model is to stand behind one that does not give what it takes.
  case graft(gives: [String], takes: [String])
  /// Parts of models that are put together have layers in common.
  case sharedLayers
  /// The model does not take what was given.
  case content(expected: String, found: String)

  public var description: String {
    switch self {
    case .laterFormat(let path, let version):
      "\(path) has format version \(version), which this Moru does not know. "
        + "Use the Moru that wrote it, or a later one."
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason). Restore the file or save the model again."
    case .inputNames(let expected, let found):
      "The model takes the inputs \(expected), not \(found). Pass each of them once."
    case .inputType(let name, let expected, let found):
      "Input \"\(name)\" must be \(expected), not \(found). Pass values of that shape and type."
    case .notFinite(let name):
      "Input \"\(name)\" holds NaN or infinity. Pass finite numbers."
    case .unequalBatch(let counts):
      "The inputs have \(counts) samples. Pass as many samples for each input."
    case .partialBatch(let samples, let batchSize):
      "The model keeps states for batches of \(batchSize), which \(samples) samples do not fill. "
        + "Pass a multiple of \(batchSize)."
    case .keepsStates:
      "It keeps states from batch to batch, which would mix the sequences of different callers. "
        + "Give its weights to the same layers without statefulBatchSize."
    case .noLabelSet(let name, let outputs):
      (name.map { "There is no output \"\($0)\" of" } ?? "There is not one output of")
        + " labels of which a sample may have several; the outputs are \(outputs). "
        + "Name one that ends with sigmoid and was trained on sets of labels."
    case .thresholds(let found, let labels):
      "There are \(found) thresholds for \(labels) labels. Pass one finite number for each."
    case .preparation(let step, let problem, let advice): "\(step): \(problem). \(advice)"
    case .notProbabilities(let outputs):
      "A rule decides between the classes of one output of probabilities; the outputs are "
        + "\(outputs). Give it to a model of one that ends with softmax or sigmoid."
    case .graft(let gives, let takes):
      "What one part gives, \(gives), is not what the part behind it takes, \(takes). "
        + "Cut both where values of one shape pass."
    case .sharedLayers:
      "The parts have layers in common, whose weights cannot be told apart. Cut them so that each layer is "
        + "in one part, or load one model again."
    case .content(let expected, let found):
      "The model takes \(expected), not \(found). Pass \(expected)."
    }
  }
}
