internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruGraph
internal import MoruModels
internal import MoruTensors
internal import MoruTraining
internal import MoruWorkflow

/// `moru explain`
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a model's program does, step by step, and why it is slow.",
    discussion: """
      Each step with its shapes, layouts, kernel, bytes and operations; after --runs also with its \
      least time. The program is that of predict, or of a training step with Adam.

      Example: moru explain digits --training --batch 64 --runs 20 --sort time
      """)

  enum Order: String, ExpressibleByArgument, CaseIterable {
    case order, time
  }

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Option(help: ArgumentHelp("Samples in a batch.", valueName: "n"))
  var batch = 1
  @Flag(help: "Explain a step of training instead of a prediction.")
  var training = false
  @Option(help: ArgumentHelp("Time the steps in so many runs.", valueName: "n"))
  var runs = 0
  @Option(help: ArgumentHelp("Rank the steps.", valueName: "order|time"))
  var sort = Order.order
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard batch >= 1 else { throw ValidationError("--batch must be at least 1.") }
    guard runs >= 0 else { throw ValidationError("--runs must be at least 0.") }
    guard sort == .order || runs > 0 else {
      throw ValidationError("--sort time needs times. Add --runs 20.")
    }
  }

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let executor = processor.executor
    let (program, inputs) = try await compiled(found.model, on: executor)
    let explanation =
      try await runs > 0
      ? executor.explanation(of: program, timing: inputs, runs: runs)
      : executor.explanation(of: program)
    let ceiling = try await runs > 0 ? executor.ceiling() : nil
    let batch = inputs.first?.shape.first ?? batch
    let output = Output(isJSON: json)
    if json {
      return try output.json(
        ExplanationJSON(
          model: found.title, batch: batch, isTraining: training, ceiling: ceiling,
          hints: explanation.hints(ceiling: ceiling), program: explanation))
    }
    output.text("\(found.title), \(training ? "a training step" : "a prediction"), batch \(batch)")
    output.section("Steps", explanation.stepTable(byTime: sort == .time, ceiling))
    output.section("By kind", explanation.kindTable)
    output.section("Whole", explanation.wholeText(ceiling))
    let hints = explanation.hints(ceiling: ceiling)
    if !hints.isEmpty { output.section("Hints", hints.map { "- " + $0 }.joined(separator: "\n")) }
  }

  private func compiled(
    _ model: TrainedModel, on executor: CPUExecutor
  ) async throws -> (program: any Program, inputs: [HostTensor]) {
    if training { return try await model.trainingProgram(batchSize: batch, on: executor) }
    let program = try await Predictor(model, on: executor).program(batch: batch)
    return (program, program.graph.inputTypes.map { .zeros($0.shape, dtype: $0.dtype) })
  }
}

/// An explanation as JSON.
private struct ExplanationJSON: Encodable {
  let model: String
  let batch: Int
  let isTraining: Bool
  let ceiling: MachineCeiling?
  let hints: [String]
  let program: ProgramExplanation
}
