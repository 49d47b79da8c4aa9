import MoruGraph
import MoruLayers
import MoruMetrics
import MoruOptimizers
import MoruTensors

/// Everything that changes from step to step and stays on the executor.
struct TrainingState: TensorTree {
  var weights: Weights
  var optimizer: OptimizerState
  /// Nil if every batch updates the weights.
  var accumulation: Accumulation?
  var sums: FigureSums

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try weights.visit(body)
    try optimizer.visit(body)
    try accumulation.visit(body)
    try sums.visit(body)
  }
}

/// What a forward pass comes to.
private struct Forward {
  let loss: Tensor
  let judged: [BoundObjective.Judged]
  let weights: Weights
  /// What parameters are held to after the update, by path.
  let constraints: [String: any Constraint]
}

/// Draws the graphs of a step of training and of a step of evaluation.
///
/// Both take one batch: the numbers of its samples, if the columns themselves live on the executor.
struct StepGraph {
  let layer: any Layer
  let objective: BoundObjective
  /// In which types a step of training computes; evaluation computes in the weights' own.
  var precision = PrecisionPolicy.float32

  /// Forward, backward, optimizer and figures of one batch. The result is the loss.
  ///
  /// Resident are the state's tensors, then the seed's key, then the columns.
  ///
  /// - Parameter kind: The batch's size, and whether the weights are updated before and after it.
  func training(
    _ kind: TrainingPlan.StepKind, state: TrainingState, columns: Columns,
    optimizer: any Optimizer
  ) throws -> Graph {
    let data = columns.batch(kind.batch)
    let before = state.map { .placeholder($0.type) }
    let key = Tensor.placeholder(TensorType(.int64, [1]))

    var after = before
    let draw = before.accumulation?.batches ?? before.optimizer.iteration
    let seed = concatenate([key, draw.reshaped(to: [1])])
    var (_, forward, gradient) = valueAndGradient(at: before.weights.parameters) { parameters in
      let scope = Scope(
        weights: Weights(parameters: parameters, state: before.weights.state), seed: seed)
      let forward = self.forward(data, in: scope, precision)
      return (optimizer.scaled(forward.loss, before.optimizer), forward)
    }
    after.weights.state = forward.weights.state
    let accumulation = before.accumulation?.adding(
      gradient, of: kind.batch, startsAnew: kind.startsAnew)
    if kind.updates {
      after.accumulation?.batches += 1
      if !kind.startsAnew, let accumulation { gradient = accumulation.mean }
      after.weights.parameters = optimizer.update(
        before.weights.parameters, gradient, &after.optimizer
      ).held(to: forward.constraints)
    } else {
      after.accumulation = accumulation
    }
    after.sums.add(loss: forward.loss, judged: forward.judged, objective: objective)

    let changed = Dictionary(uniqueKeysWithValues: after.leaves.enumerated().map { ($0, $1) })
    return try Graph(
      inputs: data.graphInputs,
      resident: before.leaves + [key] + data.resident,
      results: [forward.loss], updates: changed)
  }

  /// The outputs of all layers and the gradients of one batch of a step, without an update.
  ///
  /// Resident is the same as in `training`.
  ///
  /// - Parameter results: What is wanted of them.
  func probe(
    batch: Int, state: TrainingState, columns: Columns, _ results: (StepInsides) -> [Tensor]
  ) throws -> Graph {
    let data = columns.batch(batch)
    let before = state.map { .placeholder($0.type) }
    let key = Tensor.placeholder(TensorType(.int64, [1]))
    let draw = before.accumulation?.batches ?? before.optimizer.iteration
    let seed = concatenate([key, draw.reshaped(to: [1])])
    let (_, traces, gradient) = valueAndGradient(at: before.weights.parameters) { parameters in
      let scope = Scope(
        weights: Weights(parameters: parameters, state: before.weights.state), seed: seed,
        keepsTraces: true)
      return (forward(data, in: scope, precision).loss, scope.traces)
    }
    return try Graph(
      inputs: data.graphInputs,
      resident: before.leaves + [key] + data.resident,
      results: results(
        StepInsides(traces: traces, parameters: before.weights.parameters, gradients: gradient)))
  }

  /// Draws the model on a batch, compares its outputs with their targets, and adds its penalties.
  ///
  /// - Parameter precision: In which types products and convolutions compute.
  private func forward(
    _ data: Columns.Batch, in scope: Scope, _ precision: PrecisionPolicy
  ) -> Forward {
    var mixed = precision == .mixedBFloat16 ? MixedPrecision() : nil
    func drawn(_ tensor: Tensor) -> Tensor { mixed?.redrawing(tensor) ?? tensor }
    let (fit, judged) = objective.judged(
      scope.draw(layer, data.inputs),
      targets: data.targets,
      weights: data.weights, in: scope, drawn)
    var weights = scope.updatedWeights
    weights.state = weights.state.mapValues(drawn)
    return Forward(
      loss: scope.penalties.reduce(fit) { $0 + drawn($1) }, judged: judged, weights: weights,
      constraints: scope.constraints)
  }

  /// Forward, figures and the states that the batch leaves to the next one.
  ///
  /// Resident are the weights, then the sums, then the columns.
  func evaluation(
    batch: Int, weights: Weights, sums: FigureSums, columns: Columns
  ) throws -> Graph {
    let data = columns.batch(batch)
    let weights = weights.map { .placeholder($0.type) }
    let before = sums.map { .placeholder($0.type) }
    let forward = forward(data, in: Scope(weights: weights), .float32)
    var after = before
    after.add(loss: forward.loss, judged: forward.judged, objective: objective)
    let changed = Dictionary(
      uniqueKeysWithValues: (forward.weights.leaves + after.leaves).enumerated().map { ($0, $1) })
    return try Graph(
      inputs: data.graphInputs,
      resident: weights.leaves + before.leaves + data.resident, results: [], updates: changed)
  }
}
