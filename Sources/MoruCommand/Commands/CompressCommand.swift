internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCompression
internal import MoruData
internal import MoruLayers
internal import MoruModels
internal import MoruOptimizers
internal import MoruTensors
internal import MoruTraining
internal import MoruWorkflow

/// `moru compress`
struct CompressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Make a model smaller and faster, and say what that costs.",
    discussion: """
      Smaller models learn on from DATA and are judged on samples that are set aside, or on those of \
      --judge; of IDX files, and of pictures in folders train and test, the training part is learned \
      from and the test part judged on. The ways: channels takes convolutions' filters and \
      units away; low-rank splits kernels in two; int8 computes on whole numbers of one byte, \
      int8-aware learns on for that first; weights sets the smallest weights to zero, which makes \
      packed files smaller and nothing faster. Each is tried ever stronger, until more than \
      --max-drop is lost of the accuracy, or, of models of quantities, the loss grows by a greater \
      share.

      A --student is a smaller network that learns to answer as the model does: the model's own, \
      narrower, or the network of a configuration of moru train, with its epochs, batch size, \
      optimizer and augmentation, on DATA.

      A model that has seen the samples it is judged on looks better than it is: pass --judge data \
      that it never learned from.

      Example: moru compress digits Examples/data/digits.csv.gz --max-drop 0.01 -o small.moru
      Example: moru compress digits Examples/data/digits.csv.gz --student slim.yaml -o slim.moru
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("What smaller models learn from.", valueName: "data"))
  var data: String
  @Option(help: ArgumentHelp("What models are judged on.", valueName: "data"))
  var judge: String?
  @Option(
    help: ArgumentHelp(
      "The share of DATA that is set aside to judge on, between 0 and 1.", valueName: "share"))
  var test = 0.2
  @Option(
    help: ArgumentHelp(
      "A way: channels, low-rank, int8, int8-aware or weights; may be repeated (default: all, or "
        + "none beside --student).",
      valueName: "way"))
  var way: [CompressionWay] = []
  @Option(
    help: ArgumentHelp(
      "A network that learns from the model: a configuration of moru train, or the share of the "
        + "model's own channels and units that stays, such as 0.5; may be repeated.",
      valueName: "file|width"))
  var student: [StudentChoice] = []
  @Option(
    help: ArgumentHelp(
      "How much of the accuracy may be lost; 0.01 unless --target-size is given.",
      valueName: "share"))
  var maxDrop: Double?
  @Option(
    help: ArgumentHelp(
      "The greatest size of the packed weights: 300KB, 1.5MB, or 25%.", valueName: "size"))
  var targetSize: SizeLimit?
  @Option(
    help: ArgumentHelp(
      "How int8 finds ranges of inner values: min-max, entropy, or the share of all numbers that "
        + "lies inside, such as 99.9%. (default: min-max)",
      valueName: "rule"),
    transform: RangeRule.init)
  var ranges = RangeRule(estimator: .minMax)
  @Option(
    help: ArgumentHelp(
      "Epochs that each smaller model learns on; of a student's file, those of the file.",
      valueName: "n"))
  var epochs = 2
  @Option(help: ArgumentHelp("The learning rate of these epochs.", valueName: "rate"))
  var learningRate = 5e-4
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Where the chosen model is written.", valueName: "model.moru"))
  var output: String?
  @Option(help: ArgumentHelp("Decides every random choice.", valueName: "n"))
  var seed: UInt64 = 0
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object; texts go to standard error.")
  var json = false

  func validate() throws {
    guard test > 0, test < 1 else { throw ValidationError("--test must be between 0 and 1.") }
    guard epochs >= 0 else { throw ValidationError("--epochs must be at least 0.") }
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError("--learning-rate must be above 0.")
    }
    if let maxDrop, !(maxDrop >= 0 && maxDrop.isFinite) {
      throw ValidationError("--max-drop must be at least 0, not \(maxDrop).")
    }
    for case .width(let width) in student where !(width > 0 && width < 1) {
      throw ValidationError(
        "--student must be a file, or a width between 0 and 1, not \(width.significant).")
    }
    if student.contains(where: \.isWidth), epochs == 0 {
      throw ValidationError("--epochs must be at least 1 for a student to learn.")
    }
  }

  func run() async throws {
    if let output { try ModelPackage.checkPlace(URL(filePath: output)) }
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let samples = try CompressionData(
      for: found.model, at: URL(filePath: data), judgedOn: judge.map { URL(filePath: $0) },
      test: test, seed: Seed(seed).child("judged"))
    var search = CompressionSearch(ways: try ways(for: found.model, learningFrom: samples.learned))
    search.executor = processor.executor
    search.targetSize = targetSize?.bytes(of: found.model.packedByteCount)
    search.maxDrop = maxDrop ?? (targetSize == nil ? 0.01 : nil)
    let result = try await search(
      found.model, learningFrom: samples.learned, judgedOn: samples.judged, seed: Seed(seed)
    ) { trial in
      FileHandle.standardError.write(
        Data("\(trial.title): \(trial.figures.figure) \(trial.figures.value.significant) …\n".utf8))
    }
    let output = Output(isJSON: json)
    output.text("\(found.title), judged on \(samples.judged.count) samples\n")
    output.text(Self.table(result.before, result.trials, chosen: result.chosen))
    if let chosen = result.chosen {
      if let file = self.output {
        try chosen.model.save(file)
        output.text("\n\(chosen.title) written to \(file)")
      } else {
        output.text("\nChosen: \(chosen.title). Give -o FILE to keep it.")
      }
    } else {
      output.text("\nNothing keeps to the limits. Allow a greater drop, or more epochs.")
    }
    try output.json(
      CompressionJSON(
        model: found.title, before: result.before,
        trials: result.trials.map(CompressionJSON.Trial.init), chosen: result.chosen?.title))
    if result.chosen == nil { throw ExitCode.failure }
  }

  /// What is tried, in order; nothing twice.
  private func ways(
    for model: TrainedModel, learningFrom data: Dataset
  ) throws -> [any Compression] {
    let stage = TrainingStage(
      epochs: epochs, optimizer: .adam(learningRate: .constant(learningRate)))
    let named = way.isEmpty && student.isEmpty ? CompressionWay.allCases : way
    var seen: Set<StudentChoice> = []
    let students = student.filter { seen.insert($0).inserted }
    return try CompressionWay.allCases.filter { named.contains($0) }
      .map { $0.compression(stage: stage, estimator: ranges.estimator) }
      + students.flatMap { try $0.compressions(of: model, learningFrom: data, stage: stage) }
  }

  private static func table(
    _ before: CompressionFigures, _ trials: [CompressionSearch.Trial],
    chosen: CompressionSearch.Trial?
  ) -> String {
    var table = TextTable([
      "model", "parameters", "not zero", "multiply-adds", "size", "packed", "ms for 1", "ms for 32",
      before.figure, "drop",
    ])
    func row(_ title: String, _ figures: CompressionFigures, _ drop: String) -> [String] {
      let footprint = figures.footprint
      return [
        title, footprint.parameters.grouped, footprint.nonzero.grouped,
        footprint.multiplyAdds.grouped, footprint.weightBytes.bytesText,
        footprint.packedBytes.bytesText, (footprint.milliseconds(batch: 1) ?? .nan).significant,
        (footprint.milliseconds(batch: 32) ?? .nan).significant, figures.value.significant, drop,
      ]
    }
    table.append(row("as it was", before, ""))
    for trial in trials {
      let mark = trial.title == chosen?.title ? " *" : ""
      table.append(row(trial.title + mark, trial.figures, trial.drop.significant))
    }
    return table.text
  }
}

/// A way to make models smaller.
enum CompressionWay: String, ExpressibleByArgument, CaseIterable {
  case channels
  case lowRank = "low-rank"
  case int8
  case int8Aware = "int8-aware"
  case weights

  /// - Parameters:
  ///   - stage: How smaller models learn on; not at all if it has no epochs.
  ///   - estimator: How ranges for bytes are found.
  func compression(stage: TrainingStage, estimator: RangeEstimator) -> any Compression {
    let stage = stage.shown(as: rawValue)
    let recovery = stage.epochs == 0 ? nil : stage
    let calibration = Int8Calibration(estimator: estimator)
    return switch self {
    case .channels: ChannelPruning(recovery: recovery)
    case .lowRank: LowRankFactorization(recovery: recovery)
    case .int8: Int8Quantization(calibration: calibration)
    case .int8Aware: QuantizationAwareTraining(calibration: calibration, stage: stage)
    case .weights:
      WeightPruning(rounds: max(stage.epochs, 1), recovery: recovery.map(Self.oneEpoch))
    }
  }

  /// Weights are pruned in as many rounds as there are epochs.
  private static func oneEpoch(of stage: TrainingStage) -> TrainingStage {
    var stage = stage
    stage.epochs = 1
    return stage
  }
}

/// A network that learns to answer as a model does.
enum StudentChoice: ExpressibleByArgument, Hashable {
  /// The model's own, with a share of its channels and units.
  case width(Double)
  /// That of a configuration file.
  case configuration(String)

  init(argument: String) {
    self = Double(argument).map { .width($0) } ?? .configuration(argument)
  }

  var isWidth: Bool { if case .width = self { true } else { false } }

  /// - Parameter stage: How a narrower network is trained; another one is trained as its file says.
  func compressions(
    of model: TrainedModel, learningFrom data: Dataset, stage: TrainingStage
  ) throws -> [any Compression] {
    switch self {
    case .width(let width):
      return [Student(widths: [width], stage: stage.shown(as: "student \(width.significant)"))]
    case .configuration(let path):
      return try TrainingConfiguration.load(path).networks(learningFrom: data).map { network in
        try Self.checkAnswers(of: network, as: model)
        let title = "student \(network.name)"
        var student = try Student(network.layer, of: model, stage: network.stage.shown(as: title))
        student.title = title
        student.augmentation = network.augmentation
        return student
      }
    }
  }

  /// Refuses a network that is made to give logits beside a model that gives probabilities, or the other way
  /// round: a student learns by its teacher's loss.
  private static func checkAnswers(
    of network: TrainingConfiguration.Network, as model: TrainedModel
  ) throws(CompressionError) {
    let objective = model.training?.objective ?? Objective(fitting: model.signature.outputs)
    guard let loss = objective?.parts.first?.loss, loss.takesLogits != network.takesLogits else {
      return
    }
    func answers(_ areLogits: Bool) -> String { areLogits ? "logits" : "probabilities" }
    throw .student(
      found: answers(network.takesLogits) + " to its loss", needed: answers(loss.takesLogits))
  }
}

extension TrainingStage {
  /// The stage with its progress on standard error.
  fileprivate func shown(as title: String) -> TrainingStage {
    var stage = self
    stage.callbacks.append(.progress(title))
    return stage
  }
}

/// How ranges of inner values are found, as a word or a percentage.
struct RangeRule {
  let estimator: RangeEstimator

  init(estimator: RangeEstimator) { self.estimator = estimator }

  init(_ text: String) throws(ValidationError) {
    switch text {
    case "min-max": estimator = .minMax
    case "entropy": estimator = .entropy
    default:
      guard text.hasSuffix("%"), let share = Double(text.dropLast()), share > 50, share <= 100
      else {
        throw ValidationError(
          "It must be min-max, entropy, or a share above 50% and up to 100%, not \(text).")
      }
      estimator = .percentile(share)
    }
  }
}

/// A number of bytes, or a share of what is there.
enum SizeLimit: ExpressibleByArgument {
  case bytes(Int)
  case share(Double)

  init?(argument: String) {
    let text = argument.uppercased()
    let units = [("%", 0.01), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1), ("", 1)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count).trimmingCharacters(in: .whitespaces)),
      number > 0, number * factor < 1e15
    else { return nil }
    self = unit == "%" ? .share(number * factor) : .bytes(max(1, Int(number * factor)))
  }

  func bytes(of whole: Int) -> Int {
    switch self {
    case .bytes(let count): count
    case .share(let share): max(1, Int(share * Double(whole)))
    }
  }
}

extension CompressionSearch.Trial {
  /// Such as `channels −50 %`.
  fileprivate var title: String { "\(way) −\((share * 100).significant) %" }
}

/// What a compression came to, as JSON.
private struct CompressionJSON: Encodable {
  struct Trial: Encodable {
    let way: String
    let share: Double
    let drop: Double
    let figures: CompressionFigures

    init(_ trial: CompressionSearch.Trial) {
      (way, share, drop, figures) = (trial.way, trial.share, trial.drop, trial.figures)
    }
  }

  let model: String
  let before: CompressionFigures
  let trials: [Trial]
  let chosen: String?
}
