public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
import MoruMetrics
public import MoruModels
public import MoruOptimizers
public import MoruTensors

extension TrainedModel {
  /// The program of one training step as `fit` compiles it, and the inputs of a run on its first
  /// samples: to explain and time it.
  ///
  /// - Parameters:
  ///   - batchSize: Samples in the step, at least 1.
  ///   - samples: What it is run on, at least a batch of them; zeros if nil, of which a processor makes
  ///     lighter work.
  ///   - objective: What is made small; what the model was trained for if nil.
  ///   - optimizer: How weights follow gradients.
  ///   - precision: In which types it computes; as the model was trained if nil.
  ///   - executor: Where it is compiled.
  /// - Throws: `TrainingError.noObjective` if none is given and the model was not trained here;
  ///   `.outOfRange` for the batch size and for fewer samples; as `fit`.
  public func trainingProgram(
    batchSize: Int, samples: Dataset? = nil, objective: Objective? = nil,
    optimizer: any Optimizer = .adam(),
    precision: PrecisionPolicy? = nil, on executor: any Executor = .cpu
  ) async throws -> (program: any Program, inputs: [HostTensor]) {
    guard batchSize >= 1 else {
      throw TrainingError.outOfRange("batchSize", allowed: "at least 1")
    }
    guard let objective = objective ?? training?.objective else {
      throw TrainingError.noObjective
    }
    let bound = try BoundObjective(objective, outputs: signature.outputs.map(\.name))
    let columns =
      try samples.map { try Columns($0, signature: signature, objective: bound) }
      ?? Columns(zerosFor: signature, objective: bound, count: batchSize)
    guard columns.count >= batchSize else {
      throw TrainingError.outOfRange("batchSize", allowed: "1 to the \(columns.count) samples")
    }
    let traced = declaration.placeholders()
    let optimizer = optimizer.withLearningRate(optimizer.learningRate.resolved(totalSteps: 1))
    let start = TrainingState(
      weights: traced, optimizer: optimizer.initialState(for: traced.parameters),
      sums: FigureSums(
        zerosFor: bound, targets: columns.targetTypes, outputs: declaration.outputs))
    let state = try await PlacedState(
      start, weights: weights.mapValues { ValueSource($0) }, key: 0, columns: columns,
      executor: executor)
    let graph = try StepGraph(
      layer: layer, objective: bound, precision: precision ?? training?.precision ?? .float32
    ).training(
      TrainingPlan.StepKind(batch: batchSize, startsAnew: true, updates: true), state: start,
      columns: columns, optimizer: optimizer)
    let program = try await executor.compile(graph, resident: state.all)
    return (program, columns.firstInputs(batchSize))
  }
}
