internal import ArgumentParser
internal import Foundation
internal import MoruAnomaly
internal import MoruArchive
internal import MoruCPU
internal import MoruLayers
internal import MoruMetrics
internal import MoruModels
internal import MoruWorkflow

/// `moru anomaly judge`
struct AnomalyJudgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Judge samples by a model of good ones, and draw where they are unlike them.",
    discussion: """
      DATA is a folder of pictures or of folders of them, or a table, whose rows are samples or steps of \
      a series as the model has it. Where folders' names, or the \
      column --kind, say what samples are, the verdict is judged: how many anomalies are found, how many \
      good samples are false alarms, and how well scores tell them apart. Masks, MASKS/KIND/NAME.png or \
      NAME_mask.png, judge the maps as well.

      Example: moru anomaly judge parts.moru test/ --masks ground_truth/ --heatmaps maps/
      Example: moru anomaly judge bearings.moru later.csv --kind state --good ok
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("The samples.", valueName: "data"))
  var data: String
  @Option(help: ArgumentHelp("The folder of masks, white where defects are.", valueName: "masks"))
  var masks: String?
  @Option(
    name: .customLong("heatmaps"),
    help: ArgumentHelp("Write each picture under its map in colours.", valueName: "folder"))
  var heatMaps: String?
  @Option(help: ArgumentHelp("The column that says what rows are.", valueName: "column"))
  var kind: String?
  @Option(help: ArgumentHelp("What good samples are called.", valueName: "word"))
  var good = "good"
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object with all numbers in full.")
  var json = false

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let judge = try AnomalyModel(found.model)
    let input = found.model.signature.inputs[0]
    let url = URL(filePath: data)
    let samples =
      if input.content.series != nil {
        try GivenSamples(series: url, for: input, kind: kind)
      } else if input.content.table != nil {
        try GivenSamples(table: url, for: input, kind: kind)
      } else {
        try GivenSamples(
          pictures: url, for: input, masks: masks.map { URL(filePath: $0) }, good: good)
      }
    let judgement = try await AnomalyJudgement(
      samples, by: judge, good: good, withMaps: heatMaps != nil, on: processor.executor)
    let output = Output(isJSON: json)
    output.text(text(of: judgement, judge))
    if let report = judgement.report {
      output.section("Judged", report.text)
      if report.good == 0 {
        output.text("\nNo sample is called '\(good)'. Say by --good what good ones are called.")
      }
    }
    if let heatMaps {
      let count = try judgement.writeHeatMaps(into: URL(filePath: heatMaps))
      output.text("\n\(count) heat maps written to \(heatMaps)")
    }
    try output.json(
      JudgementJSON(
        model: found.title, threshold: judge.threshold.threshold, samples: judgement.samples,
        report: judgement.report))
  }

  private func text(of judgement: AnomalyJudgement, _ judge: AnomalyModel) -> String {
    var table = TextTable(["sample", "verdict", "score"], leftColumns: 2)
    for sample in judgement.samples {
      table.append([
        sample.name, sample.isAnomaly ? judge.labels[1] : judge.labels[0],
        sample.score.significant,
      ])
    }
    let count = judgement.samples.count { $0.isAnomaly }
    return table.text
      + "\n\(count) of \(judgement.samples.count) are above the threshold "
      + "\(judge.threshold.threshold.significant)."
  }
}

extension AnomalyReport {
  /// The figures as a table.
  fileprivate var text: String {
    var table = TextTable(["figure", "value", "95 % interval"])
    func append(_ title: String, _ estimate: Estimate?) {
      guard let estimate else { return }
      let interval = estimate.interval
      table.append([
        title, String(format: "%.4f", estimate.value),
        String(format: "%.4f–%.4f", interval.lower, interval.upper),
      ])
    }
    append("false alarms (\(good) good)", falseAlarms)
    for kind in (anomalies.map { [$0] } ?? []) + kinds {
      append("found, \(kind.name) (\(kind.samples))", kind.found)
      append("AUROC, \(kind.name)", kind.rocAUC)
    }
    for (title, value) in [
      ("AUROC of pixels", pixels?.rocAUC), ("overlap of regions", pixels?.regionOverlap),
    ] {
      if let value { table.append([title, String(format: "%.4f", value), ""]) }
    }
    return table.text
  }
}

/// What samples were judged to be, as JSON.
private struct JudgementJSON: Encodable {
  let model: String
  let threshold: Double
  let samples: [AnomalyJudgement.Sample]
  let report: AnomalyReport?
}
