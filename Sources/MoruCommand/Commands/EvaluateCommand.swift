internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruModels
internal import MoruTensors
internal import MoruWorkflow

/// `moru evaluate`
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judge a model on data whose answers are known.",
    discussion: """
      DATA is a table with the target column, a folder of pictures by class, or a folder of IDX \
      files, of which the test part is taken.

      Example: moru evaluate digits@champion Examples/data/digits.csv.gz
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("The data.", valueName: "data"))
  var data: String
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object; texts go to standard error.")
  var json = false

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let dataset = try Dataset.forEvaluation(of: found.model, at: URL(filePath: data))
    let verdict = try await Verdict(
      of: found.model, named: found.title, on: dataset,
      seed: Seed(found.model.training?.seed ?? 0).child("verdict"))
    let output = Output(isJSON: json)
    output.text("\(found.title) on \(dataset.source), \(verdict.samples) samples\n")
    output.text(verdict.text(beside: nil))
    try output.json(EvaluationJSON(model: found.title, test: verdict.json))
  }
}

/// What an evaluation came to, as JSON.
private struct EvaluationJSON: Encodable {
  let model: String
  let test: VerdictJSON
}
