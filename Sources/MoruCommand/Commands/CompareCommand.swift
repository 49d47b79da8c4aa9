internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruLearners
internal import MoruMetrics
internal import MoruTensors
internal import MoruWorkflow

/// `moru compare`
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare rules, classical learners and a small network on your data.",
    discussion: """
      DATA is a table, a folder of pictures by class, or a folder of IDX files. A part is set aside \
      and not looked at: the data's own if they come in parts such as train and test. On the rest every learner is cross-validated on the same folds. Classes \
      are scored by balanced accuracy, the mean recall of the classes, so that nobody wins by \
      neglecting a rare one; numbers by the root of the mean squared error.

      Of a table, columns without a value and those of texts that hardly ever repeat are left out, \
      and the output names them; name one under --categorical to learn from it all the same.

      Example: moru compare Examples/data/parts.csv --target verdict --rules Examples/parts_rules.yaml
      """)

  @Argument(help: ArgumentHelp("The data.", valueName: "data"))
  var data: String
  @Option(help: ArgumentHelp("The column to be predicted, for tables.", valueName: "column"))
  var target: String?
  @Option(help: ArgumentHelp("A YAML file of if/then rules to compare with.", valueName: "file"))
  var rules: String?
  @Option(help: ArgumentHelp("How many folds, at least 2.", valueName: "count"))
  var folds = 5
  @Option(
    help: ArgumentHelp("The share that is set aside, between 0 and 1.", valueName: "share"))
  var test = 0.2
  @Option(
    help: ArgumentHelp("Compare on so many samples at most, drawn.", valueName: "count"))
  var samples: Int?
  @Option(
    help: ArgumentHelp(
      "What pictures are brought to, HEIGHT,WIDTH or one number for both; 64 unless all are smaller.",
      valueName: "size"))
  var imageSize: ComparedSize?
  @Option(
    help: ArgumentHelp(
      "A column that is not learned from, for tables; may be repeated.", valueName: "column"))
  var exclude: [String] = []
  @Option(
    help: ArgumentHelp(
      "How unbalanced classes are learned. Repeated, the ways are compared.", valueName: "way"))
  var balance: [ComparedBalance] = []
  @Option(
    help: ArgumentHelp(
      "A column whose numbers are names, for tables; may be repeated.", valueName: "column"))
  var categorical: [String] = []
  @Option(
    help: ArgumentHelp(
      "What becomes of missing cells; categories take the most frequent one for mean too.",
      valueName: "rule"))
  var missing = TableEncoding.MissingPolicy.mean
  @Option(help: ArgumentHelp("Decides every random choice.", valueName: "number"))
  var seed: UInt64 = 0
  @Flag(help: "Print one JSON object; texts go to standard error.")
  var json = false

  func validate() throws {
    guard folds >= 2 else { throw ValidationError("--folds must be at least 2") }
    guard samples ?? 1 >= 1 else { throw ValidationError("--samples must be at least 1") }
  }

  func run() async throws {
    var settings = ComparedData.Settings()
    settings.target = target
    settings.exclude = Set(exclude)
    settings.categorical = Set(categorical)
    settings.missing = missing
    settings.testFraction = test
    settings.imageSize = imageSize?.size
    settings.limit = samples
    settings.seed = Seed(seed)
    let rules = try rules.map { try RuleList.load($0) }
    let read = try ComparedData(at: URL(filePath: data), settings)
    let comparison = try await LearnerComparison(
      read, folds: folds, balances: balance.isEmpty ? [.automatic] : balance.map(\.method),
      seed: Seed(seed),
      rules: rules
    ) { title in
      FileHandle.standardError.write(Data("\(title) …\n".utf8))
    }
    let output = Output(isJSON: json)
    output.text(comparison.text)
    try output.json(ComparisonJSON(comparison))
  }
}

/// What pictures are brought to: a height and a width, or one number for both.
struct ComparedSize: ExpressibleByArgument {
  let size: ComparedData.ImageSize

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let sides = parts.compactMap { Int($0) }
    guard (1...2).contains(parts.count), sides.count == parts.count,
      sides.allSatisfy({ (1...4096).contains($0) })
    else { return nil }
    size = .init(height: sides[0], width: sides[sides.count - 1])
  }
}

/// A way to balance that needs no costs of mistakes.
struct ComparedBalance: ExpressibleByArgument {
  let method: BalanceMethod

  static var allValueStrings: [String] {
    BalanceMethod.allCases.filter { $0 != .cost }.map(\.rawValue)
  }

  init?(argument: String) {
    guard Self.allValueStrings.contains(argument), let method = BalanceMethod(rawValue: argument)
    else { return nil }
    self.method = method
  }
}

extension LearnerComparison {
  /// A row for each learner, and what follows from them.
  var text: String {
    let beside = pair.map { ["recall of \($0.rarer)", "precision of \($0.other)"] } ?? []
    var table = TextTable(
      ["learner", isBetterGreater ? "balanced accuracy" : "RMSE", "95 % interval"] + beside
        + [isBetterGreater ? "accuracy" : "R²", "fit", "predict one", "size"])
    for entry in entries {
      let figures =
        [entry.classes?.recallOfRarer, entry.classes?.precisionOfOther].compactMap { $0 }
        + [entry.classes?.accuracy ?? entry.figures["r2"] ?? .nan]
      table.append(
        [
          entry.title, entry.score.value.significant,
          "\(entry.score.interval.lower.significant)–\(entry.score.interval.upper.significant)",
        ] + figures.map(\.significant) + [
          entry.fitSeconds.secondsText, entry.predictSeconds.secondsText,
          entry.weightBytes.bytesText,
        ])
    }
    let advice =
      recommended == best
      ? "Best is \(best.title), and nothing simpler comes near it."
      : "Best is \(best.title); \(recommended.title) is simpler and not measurably worse: "
        + "\(Self.gap(recommended)) behind."
    return """
      \(source): \(samples) samples, each answered by models that had not learned from it \
      (\(folds) folds); \(setAside) were set aside and not looked at.
      \(notes.map { $0 + "\n" }.joined())
      \(table.text)

      \(advice)
      """
  }

  /// What was done to the data before anything was learned.
  private var notes: [String] {
    var notes: [String] = []
    for column in leftOut { notes.append("left out: \(column.name), \(column.reason)") }
    if let size = resizedTo {
      notes.append("pictures are compared at \(size.height) × \(size.width); see --image-size")
    }
    if !filled.isEmpty {
      let cells = filled.map { "\($0.name) \($0.cells)" }.joined(separator: ", ")
      notes.append("cells without a value, filled by what is learned from: \(cells)")
    }
    if let balances {
      let methods = balances.methods.map(\.rawValue).joined(separator: ", ")
      notes.append("balance: \(methods) (\(balances.reason)); classes count alike in the score")
    }
    return notes
  }

  private static func gap(_ entry: Entry) -> String {
    guard let behind = entry.behind else { return "0" }
    return "\(behind.value.significant) (\(behind.interval.lower.significant) to "
      + "\(behind.interval.upper.significant))"
  }
}

/// A comparison as JSON.
private struct ComparisonJSON: Encodable {
  let source: String
  let samples: Int
  let setAside: Int
  let folds: Int
  let figure: String
  let isBetterGreater: Bool
  let leftOut: [FeatureChoice.LeftOut]
  let filled: [ComparedData.FilledColumn]
  let imageSize: ComparedData.ImageSize?
  let balance: [BalanceMethod]?
  let learners: [LearnerComparison.Entry]
  let best: String
  let recommended: String

  init(_ comparison: LearnerComparison) {
    source = comparison.source
    samples = comparison.samples
    setAside = comparison.setAside
    folds = comparison.folds
    figure = comparison.figure
    isBetterGreater = comparison.isBetterGreater
    leftOut = comparison.leftOut
    imageSize = comparison.resizedTo
    filled = comparison.filled
    balance = comparison.balances?.methods
    learners = comparison.entries
    best = comparison.best.title
    recommended = comparison.recommended.title
  }
}
