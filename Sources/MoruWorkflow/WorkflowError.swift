internal import MoruArchive

/// What can go wrong between a configuration and a judged model.
public enum WorkflowError: Error, Equatable, CustomStringConvertible {
  /// A configuration file cannot be used; `place` is `digits.yaml:12:9`, or the file alone.
  case configuration(place: String, reason: String)
  /// Pictures, tables or numbers cannot be told from what was given.
  case unknownInput(String, expected: String)
  /// What was read is not what a model takes.
  case unfit(source: String, reason: String)
  /// A JSON text or file cannot be read as samples.
  case json(source: String, reason: String)
  /// A table has another number of columns than the model takes.
  case columnCount(source: String, found: Int, expected: Int)
  /// The data have a class that the model does not know.
  case unknownLabel(source: String, label: String, nearest: String?)
  /// The model does not say what its output means for data of this kind.
  case notJudged(String)
  /// A table has no column for any output.
  case noAnswers(source: String, outputs: [String])
  /// A training gave a model that answers with NaN or infinity.
  case notFiniteOutput(model: String)
  /// An option does not fit the model or the data.
  case option(String, reason: String)
  /// Learners cannot be compared on such data.
  case comparison(String)
  /// A candidate's base was not loaded.
  case noBase
  /// The beginning of a run's name is that of several.
  case several(String, matches: [String])

  public var description: String {
    switch self {
    case .configuration(let place, let reason): "\(place): \(reason)"
    case .unknownInput(let source, let expected):
      "\(source): this is neither a picture (PNG, JPEG), nor a table (.csv, .tsv), nor JSON. "
        + "Pass \(expected)."
    case .unfit(let source, let reason), .json(let source, let reason): "\(source): \(reason)"
    case .columnCount(let source, let found, let expected):
      "\(source): \(found) columns where the model takes \(expected). "
        + "Give each row \(expected) numbers."
    case .unknownLabel(let source, let label, let nearest):
      "\(source): the model knows no class \(quoted(label))"
        + (nearest.map { "; did you mean \(quoted($0))?" } ?? ".")
        + " Use the names that it was trained with."
    case .notJudged(let model):
      "\(model) does not state what its outputs mean for these data. "
        + "Evaluate it on data of the kind that it was trained on."
    case .noAnswers(let source, let outputs):
      "\(source) has no column for any of the outputs \(outputs). Name the columns of the answers "
        + "like the outputs, or, for sets of labels, like the labels."
    case .notFiniteOutput(let model):
      "\(model) answers with NaN or infinity. Train it again with a lower learning rate."
    case .option(let option, let reason): "\(option): \(reason)"
    case .comparison(let problem): "Nothing can be compared: \(problem)."
    case .noBase:
      "Its base was not loaded. Pass what bases(in:) of the configuration gives to the run."
    case .several(let text, let matches):
      "\(quoted(text)) stands for \(matches.count) runs: "
        + matches.prefix(4).joined(separator: ", ") + ". Write more letters."
    }
  }
}
