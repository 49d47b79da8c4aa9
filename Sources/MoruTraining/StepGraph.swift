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

/// For each figure the sums it is computed from: the loss first, then the metrics.
struct FigureSums: TensorTree {
  var figures: [[Tensor]]

  /// Sums before the first batch.
  init(zerosFor objective: Objective) {
    let scalar = Tensor.placeholder(TensorType(.float32, [1, 1]))
    let counts = objective.metrics.map { $0.sums(target: scalar, prediction: scalar).count }
    figures = ([2] + counts).map { count in
      (0..<count).map { _ in Tensor(HostTensor(Double(0))) }
    }
  }

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows { try figures.visit(body) }

  /// Adds a batch.
  mutating func add(
    loss: Tensor, target: Tensor, prediction: Tensor, objective: Objective
  ) {
    // The mean loss counts for as many samples as the batch has, as in Keras.
    let count = Double(prediction.shape.first ?? 1)
    var terms = [
      [loss.converted(to: .float64) * Tensor(count), Tensor(HostTensor(count))]
    ]
    terms += objective.metrics.map { $0.sums(target: target, prediction: prediction) }
    figures = zip(figures, terms).map { zip($0, $1).map { $0 + $1 } }
  }

  /// The figures by name, from the values of the sums in the order of `visit`.
  static func values(_ sums: [Double], counts: [Int], objective: Objective) -> [String: Double] {
    var rest = sums[...]
    var parts: [[Double]] = []
    for count in counts {
      parts.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    var figures = ["loss": parts[0][0] / parts[0][1]]
    for (metric, sums) in zip(objective.metrics, parts.dropFirst()) {
      figures[metric.name] = metric.value(sums: sums)
    }
    return figures
  }
}

/// Draws the graphs of a step of training and of a step of evaluation.
///
/// Both take the numbers of the samples of one batch: the columns themselves live on the executor.
struct StepGraph {
  let layer: any Layer
  let objective: Objective

  /// Forward, backward, optimizer and figures of one batch. The result is the loss.
  ///
  /// Resident are the state's tensors, then the seed's key, then the columns.
  ///
  /// - Parameter kind: The batch's size, and whether the weights are updated before and after it.
  func training(
    _ kind: TrainingPlan.StepKind, state: TrainingState, columns: Columns,
    optimizer: any Optimizer
  ) throws -> Graph {
    let batch = kind.batch
    let indices = Tensor.placeholder(TensorType(.int32, [batch]))
    let before = state.map { .placeholder($0.type) }
    let key = Tensor.placeholder(TensorType(.int64, [1]))
    let data = columns.placeholders()
    let target = data.target.gathered(indices)

    var after = before
    let draw = before.accumulation?.batches ?? before.optimizer.iteration
    let seed = concatenate([key, draw.reshaped(to: [1])])
    var (_, forward, gradient) = valueAndGradient(at: before.weights.parameters) { parameters in
      let scope = Scope(
        weights: Weights(parameters: parameters, state: before.weights.state), seed: seed)
      let prediction = scope.draw(layer, data.inputs.map { $0.gathered(indices) })[0]
      let fit = objective.loss(
        target: target, prediction: prediction,
        sampleWeight: scope.sampleWeight(data.weights?.gathered(indices), for: prediction))
      let loss = scope.penalties.reduce(fit) { $0 + $1 }
      return (
        optimizer.scaled(loss, before.optimizer),
        (loss: loss, prediction: prediction, weights: scope.updatedWeights)
      )
    }
    after.weights.state = forward.weights.state
    let accumulation = before.accumulation?.adding(
      gradient, of: batch, startsAnew: kind.startsAnew)
    if kind.updates {
      after.accumulation?.batches += 1
      if !kind.startsAnew, let accumulation { gradient = accumulation.mean }
      after.weights.parameters = optimizer.update(
        before.weights.parameters, gradient, &after.optimizer)
    } else {
      after.accumulation = accumulation
    }
    after.sums.add(
      loss: forward.loss, target: target, prediction: forward.prediction, objective: objective)

    let changed = Dictionary(uniqueKeysWithValues: after.leaves.enumerated().map { ($0, $1) })
    return try Graph(
      inputs: [indices],
      resident: before.leaves + [key] + data.inputs + [data.target]
        + (data.weights.map { [$0] } ?? []),
      results: [forward.loss], updates: changed)
  }

  /// Forward and figures of one batch.
  ///
  /// Resident are the weights, then the sums, then the columns.
  func evaluation(
    batch: Int, weights: Weights, sums: FigureSums, columns: Columns
  ) throws -> Graph {
    let indices = Tensor.placeholder(TensorType(.int32, [batch]))
    let weights = weights.map { .placeholder($0.type) }
    let before = sums.map { .placeholder($0.type) }
    let data = columns.placeholders()
    let target = data.target.gathered(indices)
    let scope = Scope(weights: weights)
    let prediction = scope.draw(layer, data.inputs.map { $0.gathered(indices) })[0]
    let loss = objective.loss(
      target: target, prediction: prediction,
      sampleWeight: scope.sampleWeight(data.weights?.gathered(indices), for: prediction))
    var after = before
    after.add(loss: loss, target: target, prediction: prediction, objective: objective)
    let offset = weights.leaves.count
    let changed = Dictionary(
      uniqueKeysWithValues: after.leaves.enumerated().map { ($0 + offset, $1) })
    return try Graph(
      inputs: [indices],
      resident: weights.leaves + before.leaves + data.inputs + [data.target]
        + (data.weights.map { [$0] } ?? []),
      results: [], updates: changed)
  }
}
