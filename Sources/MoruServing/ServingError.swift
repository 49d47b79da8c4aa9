public import MoruArchive
public import MoruTensors

/// What can go wrong between a request for predictions and its answer.
public enum ServingError: Error, Equatable, CustomStringConvertible {
  // What is asked for
  /// No model of this name is served.
  case unknownModel(String, nearest: String?, served: [String])
  /// The model is served, but not in this version.
  case unknownVersion(String, model: SafeName, served: [Int])
  /// The model is being loaded or stopped.
  case notReady(SafeName, version: Int, state: ModelState)
  /// A model of this name and version is served already.
  case alreadyServed(SafeName, version: Int)

  // What is given
  /// An input was not given.
  case missingInput(String, expected: String)
  /// The model has no such input.
  case unknownInput(String, nearest: String?, known: [String])
  /// The model has no such output.
  case unknownOutput(String, nearest: String?, known: [String])
  /// An input has another shape.
  case shape(input: String, expected: String, found: String)
  /// A value of an input would be another number in the model's type.
  case inexact(input: String, found: DType, expected: DType)
  /// An input holds NaN or infinity, or a number beyond its type.
  case notFinite(input: String)
  /// The inputs have different numbers of samples.
  case unequalBatch([Int])

  // What became of it
  /// Too many samples wait already.
  case overloaded(waiting: Int, capacity: Int)
  /// The model's own answer is no finite number.
  case answerNotFinite(output: String)
  /// The model could not be run.
  case failed(SafeName, reason: String)

  public var description: String {
    switch self {
    case .unknownModel(let name, let nearest, let served):
      "There is no model '\(name)'. "
        + (nearest.map { "Did you mean '\($0)'?" } ?? "Served are: \(listed(served)).")
    case .unknownVersion(let version, let model, let served):
      "Model '\(model)' has no version '\(version)'. Served are: \(listed(served.map(String.init)))."
    case .notReady(let name, let version, let state):
      "Model '\(name)' version \(version) is \(state.rawValue). Ask again when it is ready."
    case .alreadyServed(let name, let version):
      "Model '\(name)' version \(version) is served already. Stop it first."
    case .missingInput(let name, let expected):
      "Input '\(name)' is missing. Pass \(expected)."
    case .unknownInput(let name, let nearest, let known):
      "There is no input '\(name)'. "
        + (nearest.map { "Did you mean '\($0)'?" } ?? "The inputs are: \(listed(known)).")
    case .unknownOutput(let name, let nearest, let known):
      "There is no output '\(name)'. "
        + (nearest.map { "Did you mean '\($0)'?" } ?? "The outputs are: \(listed(known)).")
    case .shape(let input, let expected, let found):
      "Input '\(input)' must be \(expected), not \(found)."
    case .inexact(let input, let found, let expected):
      "Input '\(input)' holds a value of type \(found.rawValue) that \(expected.rawValue) cannot "
        + "hold unchanged. Pass values of type \(expected.rawValue)."
    case .notFinite(let input):
      "Input '\(input)' holds NaN, infinity or a number too large for its type. "
        + "Pass finite numbers."
    case .unequalBatch(let counts):
      "The inputs have \(counts) samples. Pass as many samples for each input."
    case .overloaded(let waiting, let capacity):
      "\(waiting) samples wait already, at most \(capacity) may. Ask again in a second."
    case .answerNotFinite(let output):
      "The model's output '\(output)' is NaN or infinity for this input. "
        + "Pass inputs of the size that the model was trained on."
    case .failed(let name, let reason):
      "Model '\(name)' could not be run: \(reason)"
    }
  }

  private func listed(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}
