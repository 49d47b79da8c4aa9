internal import ArgumentParser
internal import Foundation
internal import MoruAnomaly
internal import MoruArchive
internal import MoruCPU
internal import MoruData
internal import MoruForecasting
internal import MoruGenerative
internal import MoruLayers
internal import MoruMetrics
internal import MoruModels
internal import MoruTensors
internal import MoruTraining
internal import MoruWorkflow

/// `moru anomaly fit`
struct AnomalyFitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Learn what good samples are like, and set a threshold by false alarms.",
    discussion: """
      GOOD is a folder of pictures, or a table, whose rows are steps of a series where --target names its \
      column. A part of the samples is held out; the share of them \
      that --false-alarms says lies above the threshold. What is saved is asked, evaluated and served \
      like any model.

      patchcore: features of a base anywhere in pictures. padim: features of a base at each place, for \
      parts that lie still. autoencoder: what a network gives back badly, without a base. \
      isolation-forest: rows of a table. residual: steps of a series that a forecaster does not foresee; \
      several series share one threshold, of squared errors in the column's own unit: fit a model to each \
      series of another size.

      Example: moru anomaly fit good/ --base photos.moru --false-alarms 0.02 --output parts.moru
      Example: moru anomaly fit bearings.csv --kind state --good ok --output bearings.moru
      Example: moru anomaly fit load.csv --target kW --time date --period 24 --output load.moru
      """)

  enum Method: String, ExpressibleByArgument, CaseIterable {
    case patchcore, padim, autoencoder
    case isolationForest = "isolation-forest"
    case residual

    var needsBase: Bool { self == .patchcore || self == .padim }
  }

  @Argument(help: ArgumentHelp("The good samples.", valueName: "good"))
  var samples: String
  @Option(
    help: ArgumentHelp(
      "How anomalies are told (default: by what is given).", valueName: "method"))
  var method: Method?
  @Option(
    help: ArgumentHelp(
      "The model whose features patchcore and padim look at: NAME[:VERSION|@ALIAS], or a path.",
      valueName: "model"))
  var base: String?
  @Option(
    help: ArgumentHelp(
      "Layers of the base to look at (default: as the papers have them).", valueName: "paths"))
  var layers: String?
  @Option(
    name: .customLong("false-alarms"),
    help: ArgumentHelp(
      "The share of good samples that may be above the threshold.", valueName: "share"))
  var falseAlarms = 0.01
  @Option(
    name: .customLong("hold-out"),
    help: ArgumentHelp("The share of good samples that sets the threshold.", valueName: "share"))
  var heldOut = 0.3
  @Option(
    help: ArgumentHelp(
      "Height and width of pictures (default: the base's, or 64).", valueName: "n"))
  var size: Int?
  @Option(
    help: ArgumentHelp("The share of all places that patchcore remembers.", valueName: "share"))
  var memory = 0.1
  @Option(help: ArgumentHelp("Features that padim looks at.", valueName: "n"))
  var dimensions = 100
  @Option(
    help: ArgumentHelp(
      "Epochs of the autoencoder (default: 50), and most of a forecaster (default: 300).",
      valueName: "n"))
  var epochs: Int?
  @Option(help: ArgumentHelp("The column that says what rows are.", valueName: "column"))
  var kind: String?
  @Option(help: ArgumentHelp("What that column says of good rows.", valueName: "word"))
  var good = "good"
  @Option(help: ArgumentHelp("What becomes of cells without a value.", valueName: "policy"))
  var missing = TableEncoding.MissingPolicy.error
  @OptionGroup(title: "Series") var series: AnomalySeriesOptions
  @Option(help: ArgumentHelp("Decides every random choice.", valueName: "n"))
  var seed: UInt64 = 0
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to save the model.", valueName: "name.moru"))
  var output: String
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (option, share) in [("--false-alarms", falseAlarms), ("--hold-out", heldOut)]
    where !(share > 0 && share < 1) {
      throw ValidationError("\(option) must be between 0 and 1, not \(share).")
    }
    guard memory > 0, memory <= 1 else {
      throw ValidationError("--memory must be above 0, at most 1, not \(memory).")
    }
    for (option, number) in [
      ("--dimensions", dimensions), ("--epochs", epochs ?? 50), ("--size", size ?? 64),
    ] where number < 1 {
      throw ValidationError("\(option) must be at least 1, not \(number).")
    }
    if let size, size > 4096 {
      throw ValidationError("--size must be at most 4096, not \(size).")
    }
    try series.validate(with: missing)
    if let method, (method == .residual) != (series.target != nil) {
      throw ValidationError(
        method == .residual
          ? "--method residual judges a series. Name its column by --target."
          : "--target is for series, and --method \(method.rawValue) takes none. Leave one of them out."
      )
    }
    for (option, isGiven) in [
      ("--base", base != nil), ("--layers", layers != nil), ("--size", size != nil),
    ] where isGiven && series.target != nil {
      throw ValidationError("\(option) is for pictures. Leave it out with --target.")
    }
    if let method, method.needsBase, base == nil {
      throw ValidationError("--method \(method.rawValue) looks at features. Give --base MODEL.")
    }
  }

  func run() async throws {
    let out = Output(isJSON: json)
    let executor = processor.executor
    let (detector, samples, encoding) = try await detectorAndSamples(on: executor)
    var detection = AnomalyDetection(detector, falseAlarmRate: falseAlarms, heldOut: heldOut)
    detection.series = encoding
    detection.executor = executor
    let model = try await detection.fit(samples, seed: Seed(seed))
    try model.save(output)
    let found = try AnomalyModel(model)
    let expected = found.expectedFalseAlarms
    out.text(
      "\(detector.name) learned \(samples.count - found.threshold.samples) of \(samples.count) good "
        + "samples of \(samples.source).")
    out.text(
      "Threshold \(Float(found.threshold.threshold)) from the \(found.threshold.samples) others: "
        + "\(percent(expected.value)) false alarms are expected; the true share lies between "
        + "\(percent(expected.interval.lower)) and \(percent(expected.interval.upper)) "
        + "(95 %).")
    out.text("Saved as \(output).")
    try out.json(
      FitJSON(
        detector: detector.name, samples: samples.count, heldOut: found.threshold.samples,
        threshold: found.threshold.threshold, falseAlarms: falseAlarms,
        expectedFalseAlarms: expected, makesMaps: found.makesMaps, model: output))
  }

  /// The detector that was asked for or fits what was given, and the samples as it takes them.
  private func detectorAndSamples(on executor: CPUExecutor) async throws -> (
    any AnomalyDetector, Dataset, SeriesEncoding?
  ) {
    let url = URL(filePath: samples)
    if let target = series.target {
      let (detector, windows, encoding) = try series.parts(
        of: url, target: target, kind: kind, good: good, epochs: epochs ?? 300,
        on: executor)
      return (detector, windows, encoding)
    }
    let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    let method = method ?? (isFolder ? (base == nil ? .autoencoder : .patchcore) : .isolationForest)
    guard method != .isolationForest else {
      return (
        IsolationDetector(),
        try Dataset.goodRows(at: url, kind: kind, good: good, missing: missing), nil
      )
    }
    guard method.needsBase, let base else {
      let side = size ?? 64
      let pictures = try Dataset.goodPictures(at: url, size: (side, side))
      let network = try Autoencoder.convolutional(
        inputShape: pictures.signature[0].shape, filters: [32, 64, 128], code: 64)
      return (Reconstruction(network: network, epochs: epochs ?? 50), pictures, nil)
    }
    let model = try await ResolvedModel(ModelReference(parsing: base), store: workspace.existing)
      .model
    let shape = model.signature.inputs[0].shape
    let side = size ?? (shape.rank == 3 ? shape[0] : 64)
    let pictures = try Dataset.goodPictures(
      at: url, size: (side, size ?? (shape.rank == 3 ? shape[1] : 64)),
      channels: shape.rank == 3 ? shape[2] : nil)
    let features = try TransferBase(model)
    let paths = layers?.split(separator: ",").map(String.init)
    let detector: any AnomalyDetector =
      method == .padim
      ? PaDiM(base: features, layers: paths, dimensions: dimensions)
      : PatchCore(base: features, layers: paths, memory: memory)
    return (detector, pictures, nil)
  }
}

/// Which column of a table is a series, and what foresees its steps.
struct AnomalySeriesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column to judge, of a table whose rows are steps in order of time.",
      valueName: "column"))
  var target: String?
  @OptionGroup var steps: StepOptions
  @Option(
    help: ArgumentHelp(
      "Steps in a window, the judged one among them (default: two seasons and one, or 9).",
      valueName: "n"))
  var window: Int?
  @Option(help: ArgumentHelp("What foresees a step (default: linear).", valueName: "model"))
  var forecaster: ForecastCandidate?
  @Option(
    help: ArgumentHelp(
      "What becomes of steps without a value (default: error); carry goes on with the last.",
      valueName: "policy"))
  var gaps: SeriesEncoding.MissingPolicy?

  /// Refuses what is for series without one, and the other way round.
  func validate(with missing: TableEncoding.MissingPolicy) throws {
    guard target == nil else {
      for (option, number, least) in [("--period", steps.period, 1), ("--window", window, 2)] {
        if let number, !(least...1_000_000).contains(number) {
          throw ValidationError("\(option) must be from \(least) to 1000000, not \(number).")
        }
      }
      guard missing == .error else {
        throw ValidationError("--missing is for rows that are samples. Use --gaps for a series.")
      }
      return
    }
    let given: [(String, Bool)] = [
      ("--time", steps.time != nil), ("--series", steps.series != nil),
      ("--period", steps.period != nil),
      ("--window", window != nil), ("--forecaster", forecaster != nil), ("--gaps", gaps != nil),
    ]
    if let (option, _) = given.first(where: { $0.1 }) {
      throw ValidationError("\(option) is for series. Name the column to judge by --target.")
    }
  }

  /// The detector, the windows of good steps, and how they are made.
  func parts(
    of url: URL, target: String, kind: String?, good: String, epochs: Int,
    on executor: CPUExecutor
  ) throws -> (any AnomalyDetector, Dataset, SeriesEncoding) {
    let (time, key) = (steps.time, steps.series)
    let table = try Table(at: url, asText: Set([key, kind].compactMap { $0 }))
    let period =
      try steps.period ?? SeriesEncoding.step(of: table, time: time, key: key).usualPeriod ?? 1
    let encoding = try SeriesEncoding(
      fitting: table, target: target, time: time, key: key,
      context: window ?? max(2 * period, 8) + 1, horizon: 1, missing: gaps ?? .error)
    let series = try encoding.series(in: table)
    let samples = try Dataset.goodSeries(series, of: table, by: encoding, kind: kind, good: good)
    let learner = (forecaster ?? .linear).pointLearner(
      ForecastCandidate.Setting(
        period: period, seriesCount: series.count, epochs: epochs, executor: executor))
    return (ForecastResidual(forecaster: learner), samples, encoding)
  }
}

/// What a fit came to, as JSON.
private struct FitJSON: Encodable {
  let detector: String
  let samples: Int
  let heldOut: Int
  let threshold: Double
  let falseAlarms: Double
  let expectedFalseAlarms: Estimate
  let makesMaps: Bool
  let model: String
}
