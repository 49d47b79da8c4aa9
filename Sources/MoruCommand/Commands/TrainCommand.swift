internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruLayers
internal import MoruMetrics
internal import MoruModels
internal import MoruTraining
internal import MoruWorkflow

/// `moru train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the models of a configuration, keep the better one, judge and register it.",
    discussion: """
      Progress goes to standard error, results to standard output. Ctrl-C ends the run as \
      interrupted.

      Example: moru train Examples/digits.yaml --seed 1
      """)

  @Argument(help: ArgumentHelp("The configuration file.", valueName: "config.yaml"))
  var config: String
  @Option(help: ArgumentHelp("Use this file or folder of data instead.", valueName: "path"))
  var data: String?
  @OptionGroup var workspace: WorkspaceOption
  @Option(help: ArgumentHelp("Use this seed instead.", valueName: "n"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("Train for so many epochs instead.", valueName: "n"))
  var epochs: Int?
  @Option(help: ArgumentHelp("How unbalanced classes are made up for.", valueName: "way"))
  var balance: BalanceMethod?
  @OptionGroup var fieldRatio: FieldRatioOption
  @OptionGroup var processor: ExecutorOption
  @Flag(help: "Print one JSON object as the last line; texts go to standard error.")
  var json = false
  @Flag(name: .long, help: "Print the configuration with all defaults, and do nothing.")
  var showConfig = false
  @Flag(name: .customLong("no-register"), help: "Do not register the model.")
  var skipsRegistration = false

  func validate() throws {
    if let epochs, epochs < 1 {
      throw ValidationError("--epochs must be at least 1, not \(epochs).")
    }
  }

  func run() async throws {
    let configuration = try overridden(TrainingConfiguration.load(config))
    let output = Output(isJSON: json)
    if showConfig {
      FileHandle.standardOutput.write(Data(try configuration.yaml().utf8))
      return
    }
    let (workspace, author) = (workspace, skipsRegistration ? nil : currentAuthor)
    let executor = processor.executor
    try await stoppingOnInterrupt {
      let bases = try await configuration.bases { try workspace.existing() }
      let training = try TrainingRun(configuration, bases: bases)
      let printer = TrainingPrinter(
        output: output, configuration: configuration, workspaceOption: workspace.asGiven)
      printer.data(training.data)
      printer.balance(training.balancing)
      let (place, store) = try workspace.created()
      let outcome = try await training.run(
        in: place, recordedBy: store, registeredBy: author, on: executor,
        callbacks: { [.progress($0)] }, observe: { printer.tell($0) })
      try output.json(TrainingJSON(outcome, configuration))
    }
  }

  /// The configuration with what the command line says instead.
  private func overridden(_ read: TrainingConfiguration) -> TrainingConfiguration {
    var configuration = read
    if let data { configuration.data.path = URL(filePath: data).path }
    if let balance { configuration.training.balance = balance }
    if let shares = fieldRatio.shares { configuration.data.fieldRatio = shares }
    if let seed { configuration.training.seed = seed }
    if let epochs { configuration.training.epochs = epochs }
    return configuration
  }
}

/// What a training came to, as JSON.
private struct TrainingJSON: Encodable {
  let run: String
  let model: String
  let version: Int?
  let candidate: String
  let seed: UInt64
  let parameters: Int
  let epochs: Int
  let keptEpoch: Int
  let trainSeconds: Double
  let secondsPerEpoch: Double
  let balance: String
  let classShares: Shares
  let test: VerdictJSON
  let testReads: Int
  let baseline: VerdictFigures
  let files: String

  struct Shares: Encodable {
    let before: [Balancing.ClassShare]
    let after: [Balancing.ClassShare]
  }

  struct VerdictFigures: Encodable {
    var accuracy: Double?
    var meanAbsoluteError: Double?
    var exactMatch: Double?
  }

  init(_ outcome: TrainingOutcome, _ configuration: TrainingConfiguration) {
    run = outcome.run.rawValue
    model = configuration.name.text
    version = outcome.version?.number
    candidate = outcome.candidate.name
    seed = configuration.training.seed
    parameters = outcome.candidate.model.declaration.parameterCount
    epochs = outcome.candidate.model.training?.epochs.count ?? 0
    keptEpoch = outcome.candidate.keptEpoch
    trainSeconds = outcome.candidate.seconds
    secondsPerEpoch = outcome.candidate.secondsPerEpoch
    balance = outcome.balance.rawValue
    classShares = Shares(before: outcome.classShares.before, after: outcome.classShares.after)
    test = outcome.verdict.json
    testReads = outcome.testReads.count
    switch outcome.baseline {
    case .mostFrequentClass(let known):
      baseline = VerdictFigures(accuracy: known.report.accuracy.value)
    case .mean(let known):
      baseline = VerdictFigures(meanAbsoluteError: known.report.meanAbsoluteError.value)
    case .frequentLabels(let known):
      baseline = VerdictFigures(exactMatch: known.report.exactMatch.value)
    }
    files = outcome.folder.path
  }
}
