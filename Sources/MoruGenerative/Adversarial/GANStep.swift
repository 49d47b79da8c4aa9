package import MoruGraph
package import MoruLayers
import MoruOptimizers
import MoruTensors

/// Everything of a GAN's training that changes from step to step and stays on the executor.
struct GANState: TensorTree {
  var generator: Weights
  var discriminator: Weights
  var generatorOptimizer: OptimizerState
  var discriminatorOptimizer: OptimizerState
  var sums: GANSums

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try generator.visit(body)
    try discriminator.visit(body)
    try generatorOptimizer.visit(body)
    try discriminatorOptimizer.visit(body)
    try sums.visit(body)
  }
}

/// Draws a GAN's losses and the graph of a step.
package struct GANStep {
  package let gan: GAN
  /// Samples in a batch.
  let batch: Int

  package init(gan: GAN, batch: Int) {
    self.gan = gan
    self.batch = batch
  }

  /// A loss, and what drawing it left.
  package struct Drawn {
    package let loss: Tensor
    /// The weights with the statistics that their layers moved.
    package let weights: Weights
    /// What parameters are held to after the update.
    let constraints: [String: any Constraint]
    /// Scalars to be reported.
    let figures: [String: Tensor]
  }

  /// What the generator makes of noise, in training.
  ///
  /// - Parameters:
  ///   - seed: i64[2]; the noise is its stream 0, which no layer draws from.
  ///   - labels: `[batch, classes]`; nil if the GAN is not conditional.
  package func made(by weights: Weights, labels: Tensor?, seed: Tensor) -> (Tensor, Scope) {
    let scope = Scope(weights: weights, seed: seed)
    let noise = Tensor.randomNormal([batch, gan.noise], seed: seed, stream: 0)
    return (scope.draw(gan.generator, [noise] + (labels.map { [$0] } ?? []))[0], scope)
  }

  /// What the discriminator makes small: it is told apart from nothing but real and made samples.
  ///
  /// Real and made samples are batches of their own to batch normalization.
  package func discriminatorLoss(
    _ weights: Weights, real: Tensor, made: Tensor, labels: Tensor?, seed: Tensor
  ) -> Drawn {
    let scope = Scope(weights: weights, seed: seed)
    func judged(_ samples: Tensor) -> Tensor {
      scope.draw(gan.discriminator, [samples] + (labels.map { [$0] } ?? []))[0]
    }
    let (isReal, isMade) = (judged(real), judged(made))
    var loss = gan.loss.discriminator(real: isReal, made: isMade)
    var figures: [String: Tensor] = [:]
    switch gan.loss {
    case .nonSaturating:
      figures["real_accuracy"] = (isReal .> 0).converted(to: .float32).mean()
      figures["fake_accuracy"] = (isMade .<= 0).converted(to: .float32).mean()
    case .wasserstein(let penalty):
      figures["wasserstein"] = -loss
      // Stream 0 is the noise's and the next ones are the layers', which count from 1 on.
      let share = Tensor.randomUniform(
        Shape([batch] + [Int](repeating: 1, count: max(real.rank, 1) - 1)), seed: seed,
        stream: .max)
      let norm = Self.slope(of: judged, between: real, and: made, share: share)
      figures["gradient_norm"] = norm.mean()
      loss = loss + Tensor(penalty) * square(norm - 1).mean()
    }
    loss = scope.penalties.reduce(loss) { $0 + $1 }
    figures["discriminator_loss"] = loss
    return Drawn(
      loss: loss, weights: scope.updatedWeights, constraints: scope.constraints, figures: figures)
  }

  /// How steep a critic is at a place between each real sample and a made one: `[batch]`.
  ///
  /// - Parameter share: How near the real one each place is, `[batch, 1, …]` from 0 to 1.
  package static func slope(
    of critic: (Tensor) -> Tensor, between real: Tensor, and made: Tensor, share: Tensor
  ) -> Tensor {
    let place = made + share * (real - made)
    let gradient = gradients(of: critic(place).sum(), at: [place])[0]
    return sqrt(square(gradient).sum(axes: Array(1..<max(gradient.rank, 1))) + 1e-12)
  }

  /// What the generator makes small. It depends on the discriminator's weights, which a step of the
  /// generator leaves alone, its statistics included.
  ///
  /// - Parameter scope: Where `made` was drawn.
  package func generatorLoss(
    made: Tensor, in scope: Scope, discriminator: Weights, labels: Tensor?, seed: Tensor
  ) -> Drawn {
    let judging = Scope(weights: discriminator, seed: seed)
    let isMade = judging.draw(gan.discriminator, [made] + (labels.map { [$0] } ?? []))[0]
    let loss = scope.penalties.reduce(gan.loss.generator(made: isMade)) { $0 + $1 }
    return Drawn(
      loss: loss, weights: scope.updatedWeights, constraints: scope.constraints,
      figures: ["generator_loss": loss])
  }

  /// A step: the discriminator's updates, each on a batch of its own, then one of the generator.
  ///
  /// Resident are the state's tensors, the seed's keys i64[2], then the columns: samples, and labels
  /// if the GAN is conditional. The result is the mean of the discriminator's losses.
  ///
  /// - Parameter columns: Their types.
  func training(
    _ state: GANState, columns types: [TensorType], generatorOptimizer: any Optimizer,
    discriminatorOptimizer: any Optimizer
  ) throws -> Graph {
    let before = state.map { .placeholder($0.type) }
    let keys = Tensor.placeholder(TensorType(.int64, [2]))
    let columns = types.map { Tensor.placeholder($0) }
    let indices = Tensor.placeholder(TensorType(.int32, [batch * gan.discriminatorSteps]))

    var after = before
    var (losses, real, labels): ([Tensor], Tensor, Tensor?) = ([], columns[0], nil)
    // What the generator makes for the discriminator's last update is what it then learns from.
    var (made, scope) = (columns[0], Scope(weights: before.generator))
    for number in 0..<gan.discriminatorSteps {
      let seed = concatenate([
        keys.sliced(0..<1), after.discriminatorOptimizer.iteration.reshaped(to: [1]),
      ])
      let rows = indices.sliced(number * batch..<(number + 1) * batch)
      real = gan.prepared(columns[0].gathered(rows))
      labels = columns.dropFirst().first?.gathered(rows)
      (made, scope) = self.made(by: before.generator, labels: labels, seed: seed)
      losses.append(
        updateDiscriminator(
          &after, real: real, made: made.stoppingGradient(), labels: labels, seed: seed,
          discriminatorOptimizer))
    }
    let seed = concatenate([
      keys.sliced(1..<2), before.generatorOptimizer.iteration.reshaped(to: [1]),
    ])
    let drawn = generatorLoss(
      made: made, in: scope, discriminator: after.discriminator, labels: labels, seed: seed)
    let scaled = generatorOptimizer.scaled(drawn.loss, before.generatorOptimizer)
    let parameters = before.generator.parameters
    let gradient = parameters.replacingLeaves(gradients(of: scaled, at: parameters.leaves))
    after.generator = Weights(
      parameters: generatorOptimizer.update(parameters, gradient, &after.generatorOptimizer)
        .held(to: drawn.constraints),
      state: drawn.weights.state)
    after.sums.add(drawn.figures)
    after.sums.add([
      "steps": Tensor(HostTensor(1.0)), "real_spread": spread(real), "made_spread": spread(made),
    ])
    let changed = Dictionary(uniqueKeysWithValues: after.leaves.enumerated().map { ($0, $1) })
    let mean = losses.reduce(Tensor.zeros([])) { $0 + $1 } * Tensor(1 / Double(losses.count))
    return try Graph(
      inputs: [indices], resident: before.leaves + [keys] + columns, results: [mean],
      updates: changed)
  }

  /// An update of the discriminator, which leaves the generator alone. Returns its loss.
  private func updateDiscriminator(
    _ state: inout GANState, real: Tensor, made: Tensor, labels: Tensor?, seed: Tensor,
    _ optimizer: any Optimizer
  ) -> Tensor {
    let before = state.discriminator
    let (_, drawn, gradient) = valueAndGradient(at: before.parameters) { parameters in
      let drawn = discriminatorLoss(
        Weights(parameters: parameters, state: before.state), real: real, made: made,
        labels: labels, seed: seed)
      return (optimizer.scaled(drawn.loss, state.discriminatorOptimizer), drawn)
    }
    state.discriminator = Weights(
      parameters: optimizer.update(before.parameters, gradient, &state.discriminatorOptimizer)
        .held(to: drawn.constraints),
      state: drawn.weights.state)
    let share = Tensor(1 / Double(gan.discriminatorSteps))
    state.sums.add(drawn.figures.mapValues { $0 * share })
    return drawn.loss
  }

  /// The sum over all elements of their variances over the batch: half the mean squared distance of
  /// two samples.
  private func spread(_ samples: Tensor) -> Tensor {
    square(samples - samples.mean(axes: [0], keepingAxes: true)).mean(axes: [0]).sum()
  }
}
