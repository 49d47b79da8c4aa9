import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Computes a model's figures on a data set, with weights that live on the executor.
struct Evaluator {
  /// Samples in a step unless the caller says otherwise.
  static func batchSize(for declaration: Declaration) -> Int {
    declaration.statefulBatchSize ?? 256
  }

  private let objective: BoundObjective
  private let plan: BatchPlan
  private let executor: any Executor
  private let sums: [any Resident]
  private let zeros: FigureSums
  private let programs: [Int: any Program]

  /// Compiles the steps.
  ///
  /// - Parameter outputs: Types of the model's outputs.
  /// - Parameter placed: The weights on the executor, in the order of `weights`' leaves.
  init(
    graph: StepGraph, outputs: [TensorType], weights: Weights, placed: [any Resident],
    columns: Columns, batchSize: Int, executor: any Executor
  ) async throws {
    objective = graph.objective
    plan = BatchPlan(
      sampleCount: columns.count, batchSize: batchSize, seed: 0, shuffles: false)
    self.executor = executor
    zeros = FigureSums(
      zerosFor: graph.objective, targets: columns.targetTypes, outputs: outputs)
    sums = try await executor.place(zeros.zeros)
    let data = try await executor.place(columns.residentValues)
    var programs: [Int: any Program] = [:]
    for batch in plan.batchSizes {
      programs[batch] = try await executor.compile(
        graph.evaluation(batch: batch, weights: weights, sums: zeros, columns: columns),
        resident: placed + sums + data)
    }
    self.programs = programs
  }

  /// The figures by name.
  func evaluate() async throws -> [String: Double] {
    try await executor.write(zeros.zeros, to: sums)
    let batches = plan.batches(epoch: 0)
    // Sums must be added up in the same order each time to be the same bits.
    for (size, program) in programs.sorted(by: { $0.key > $1.key }) {
      let steps = batches.filter { $0.count == size }.map { [HostTensor($0.map { Int32($0) })] }
      _ = try await program.run(steps: steps)
    }
    return try FigureSums.values(
      await executor.read(sums), counts: zeros.figures.map(\.count), objective: objective)
  }
}
