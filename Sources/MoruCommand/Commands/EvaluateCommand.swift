internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruMetrics
internal import MoruModels
internal import MoruReport
internal import MoruTensors
internal import MoruWorkflow

/// `moru evaluate`
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a model on data whose answers are known.",
    discussion: """
      DATA is a table with the target column, a folder of pictures by class, or of such folders, or \
      a folder of IDX files, of which the test part is taken. Of two classes the rarer one is looked for; its \
      recall and the precision of the other stand first. With --stakes or --costs, answers are \
      weighed by what they cost; --validation chooses the rule of least cost on other data.

      Example: moru evaluate digits@champion Examples/data/digits.csv.gz
      Example: moru evaluate parts test.csv --validation validation.csv --positive defect \
      --field-ratio 0.001 --stakes good=1,defect=10 --report verdict.html
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("The data.", valueName: "data"))
  var data: String
  @OptionGroup var workspace: WorkspaceOption
  @Option(help: ArgumentHelp("The class that is looked for, such as a defect.", valueName: "class"))
  var positive: String?
  @Option(
    help: ArgumentHelp(
      "The field's class ratio: CLASS=SHARE,… or the share of the class that is looked for.",
      valueName: "ratio"))
  var fieldRatio: String?
  @Option(
    help: ArgumentHelp(
      "What a right answer gains and a wrong one costs: CLASS=NUMBER,…", valueName: "stakes"))
  var stakes: String?
  @Option(
    help: ArgumentHelp(
      "A CSV table of costs: a row for each true class, a column for each predicted one.",
      valueName: "file"))
  var costs: String?
  @Option(
    help: ArgumentHelp("Choose the rule of least cost on these data.", valueName: "data"))
  var validation: String?
  @Option(
    help: ArgumentHelp(
      "Judge each value of this column by itself; of pictures each folder: --slice folder.",
      valueName: "column"))
  var slice: [String] = []
  @Option(help: ArgumentHelp("Write the verdict as an HTML page.", valueName: "file.html"))
  var report: String?
  @Option(help: ArgumentHelp("The page's language.", valueName: "language"))
  var language = ReportLanguage.english
  @Flag(help: "Print one JSON object; texts go to standard error.")
  var json = false

  func validate() throws {
    if stakes != nil, costs != nil {
      throw ValidationError("--stakes and --costs say the same. Give one of them.")
    }
  }

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let setting = EvaluationSetting(
      positive: positive, fieldRatio: fieldRatio, stakes: stakes,
      costs: costs.map { URL(filePath: $0) }, validation: validation.map { URL(filePath: $0) },
      slices: slice)
    let evaluation = try await ModelEvaluation(
      of: found, on: URL(filePath: data), setting: setting, countedIn: workspace.workspaceIfAny(),
      seed: Seed(found.model.training?.seed ?? 0).child("verdict"))
    let output = Output(isJSON: json)
    output.text("\(found.title) on \(evaluation.source), \(evaluation.verdict.samples) samples\n")
    if let text = evaluation.headlineText { output.text(text + "\n") }
    output.text(evaluation.verdict.text(beside: nil))
    if let reads = evaluation.testReads { output.text("\n" + reads.text) }
    if let overlap = evaluation.overlap {
      let (heading, detail) = overlap.text()
      output.text("\nwarning: \(heading) \(detail)")
    }
    if let report {
      try evaluation.page(in: language).write(to: URL(filePath: report))
      output.text("report written to \(report)")
    }
    try output.json(EvaluationJSON(model: found.title, evaluation))
  }
}

extension ModelEvaluation {
  /// The figures that stand first, one a line; nil for sets of labels.
  fileprivate var headlineText: String? {
    let entries: [VerdictEntry]
    var labels: [String] = []
    switch figures {
    case .classes(let verdict):
      entries = verdict.headline
      labels = verdict.labels
    case .numbers(let verdict): entries = verdict.headline
    case nil: return nil
    }
    var table = TextTable(["figure", "model", "95 % interval", "baseline"])
    for entry in entries {
      table.append([
        entry.title(.english, labels: labels), entry.valueText, entry.intervalText,
        entry.baselineText,
      ])
    }
    return table.text
  }
}

/// What an evaluation came to, as JSON.
private struct EvaluationJSON: Encodable {
  let model: String
  let test: VerdictJSON
  var classification: ClassificationVerdict?
  var regression: RegressionVerdict?
  let slices: [String: [Part]]
  let testReads: Int?
  /// How many of the samples the model has learned from: `all`, `some`, or nil for none that are known.
  let learnedFrom: String?

  /// A part of the samples.
  struct Part: Encodable {
    let name: String
    let samples: Int
    let figures: [VerdictEntry]
  }

  init(model: String, _ evaluation: ModelEvaluation) {
    self.model = model
    test = evaluation.verdict.json
    testReads = evaluation.testReads?.count
    learnedFrom =
      switch evaluation.overlap {
      case .all: "all"
      case .some: "some"
      case nil: nil
      }
    switch evaluation.figures {
    case .classes(let verdict): classification = verdict
    case .numbers(let verdict): regression = verdict
    case nil: break
    }
    slices = Dictionary(
      evaluation.slices.map { table in
        (
          table.name,
          table.rows.map { row in
            Part(
              name: row.name, samples: row.count,
              figures: zip(table.figures, row.figure).compactMap { figure, estimate in
                estimate.map { VerdictEntry(figure, $0) }
              })
          }
        )
      }
    ) { first, _ in first }
  }
}
