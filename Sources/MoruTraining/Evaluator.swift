import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Computes a model's figures on a data set or a stream of batches, with weights that live on the
/// executor.
struct Evaluator {
  /// What a model is judged on.
  enum Source {
    /// Samples that live on the executor, so many in a step.
    case samples(Columns, batchSize: Int)
    /// Batches one after another, and the first of them.
    case batches(BatchFeed, first: Columns)

    fileprivate var columns: Columns {
      switch self {
      case .samples(let columns, _), .batches(_, let columns): columns
      }
    }
  }

  /// Samples in a step unless the caller says otherwise: 256, or as many as take 32 MiB if that is
  /// fewer, since of samples in files several batches are in memory at the same time. Those in memory
  /// come in the same batches, so that sums are added up in the same order.
  static func batchSize(for declaration: Declaration, of samples: [Dataset.Signature]) -> Int {
    let bytes = samples.map { $0.shape.elementCount * $0.dtype.byteCount }.reduce(0, +)
    return declaration.statefulBatchSize ?? min(256, max(1, (32 << 20) / max(bytes, 1)))
  }

  private let source: Source
  private let objective: BoundObjective
  private let executor: any Executor
  private let sums: [any Resident]
  private let zeros: FigureSums
  private let compileStep: @Sendable (Columns, _ batch: Int) async throws -> any Program
  /// By the types of what a step is given.
  private var programs: [[TensorType]: any Program] = [:]

  /// Places what stays on the executor, and compiles the steps that are known.
  ///
  /// - Parameter outputs: Types of the model's outputs.
  /// - Parameter placed: The weights on the executor, in the order of `weights`' leaves.
  init(
    graph: StepGraph, outputs: [TensorType], weights: Weights, placed: [any Resident],
    source: Source, executor: any Executor
  ) async throws {
    self.source = source
    objective = graph.objective
    self.executor = executor
    zeros = FigureSums(
      zerosFor: graph.objective, targets: source.columns.targetTypes, outputs: outputs)
    sums = try await executor.place(zeros.zeros)
    let data = try await executor.place(source.columns.residentValues)
    compileStep = { [zeros, sums] columns, batch in
      try await executor.compile(
        graph.evaluation(batch: batch, weights: weights, sums: zeros, columns: columns),
        resident: placed + sums + data)
    }
    guard case .samples(let columns, let batchSize) = source else { return }
    for batch in Self.plan(columns, batchSize).batchSizes {
      let inputs = columns.firstInputs(batch)
      programs[inputs.map(\.type)] = try await compileStep(columns, batch)
    }
  }

  private static func plan(_ columns: Columns, _ batchSize: Int) -> BatchPlan {
    BatchPlan(sampleCount: columns.count, batchSize: batchSize, seed: 0, shuffles: false)
  }

  /// The figures by name, and how many samples they are of.
  mutating func evaluate() async throws -> (figures: [String: Double], samples: Int) {
    try await executor.write(zeros.zeros, to: sums)
    var samples = 0
    switch source {
    case .samples(let columns, let batchSize):
      samples = columns.count
      let batches = Self.plan(columns, batchSize).batches(epoch: 0)
      // Sums must be added up in the same order each time to be the same bits.
      for size in Set(batches.map(\.count)).sorted(by: >) {
        let steps = batches.filter { $0.count == size }.map { [HostTensor($0.map { Int32($0) })] }
        guard let first = steps.first else { continue }
        _ = try await program(columns, size, first).run(steps: steps)
      }
    case .batches(let feed, _):
      for try await batch in feed.batches.prefetched(feed.ahead).pass() {
        let columns = try feed.columns(of: batch)
        _ = try await program(columns, columns.count, columns.values)
          .run(steps: [columns.values])
        samples += columns.count
      }
    }
    let figures = try FigureSums.values(
      await executor.read(sums), counts: zeros.figures.map(\.count), objective: objective)
    return (figures, samples)
  }

  /// The program of a step that is given such values.
  private mutating func program(
    _ columns: Columns, _ batch: Int, _ values: [HostTensor]
  ) async throws -> any Program {
    let key = values.map(\.type)
    if let program = programs[key] { return program }
    let program = try await compileStep(columns, batch)
    programs[key] = program
    return program
  }
}
