import Moru

/// A generator of pictures and its judge (Radford et al. 2015, arXiv:1511.06434), trained by a step
/// of one's own with two optimizers.
struct DCGAN: Workload {
  private static let batch = 64
  private static let noise = 100
  private static let stepsPerEpoch = 10

  let name = "DCGAN step"

  /// Both networks and their optimizers, which stay on the executor.
  private struct Networks: TensorTree {
    var generator: Weights
    var critic: Weights
    var generatorOptimizer: OptimizerState
    var criticOptimizer: OptimizerState

    mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
      try generator.visit(body)
      try critic.visit(body)
      try generatorOptimizer.visit(body)
      try criticOptimizer.visit(body)
    }
  }

  private static func generator() -> Sequential {
    func up(_ features: Int, strides: Size2D) -> [any Layer] {
      [
        Conv2DTranspose(
          features, kernel: 5, strides: strides, padding: .same, useBias: false),
        BatchNormalization(), LeakyReLU(0.2),
      ]
    }
    return Sequential {
      Dense(7 * 7 * 256, useBias: false)
      BatchNormalization()
      LeakyReLU(0.2)
      Reshape([7, 7, 256])
      up(128, strides: 1)
      up(64, strides: 2)
      Conv2DTranspose(1, kernel: 5, strides: 2, padding: .same, activation: .tanh)
    }
  }

  /// One logit: above 0 for a true picture.
  private static func critic() -> Sequential {
    Sequential {
      Conv2D(64, kernel: 5, strides: 2, padding: .same)
      LeakyReLU(0.2)
      Conv2D(128, kernel: 5, strides: 2, padding: .same, useBias: false)
      BatchNormalization()
      LeakyReLU(0.2)
      Flatten()
      Dense(1)
    }
  }

  func start() async throws -> any Session {
    let pictures = (0..<Self.stepsPerEpoch).map(Self.pictures)
    let memoryBefore = try PeakMemory.mark()
    let (step, parameterCount) = try Self.step()
    return try await RepeatedWork(
      parameterCount: parameterCount, pieces: pictures.count, memoryBefore: memoryBefore
    ) {
      for batch in pictures { _ = try await step(batch) }
    }
  }

  func program() async throws -> (program: any Program, inputs: [HostTensor])? {
    try await Self.step().step.program(for: Self.pictures(0))
  }

  private static func pictures(_ place: Int) -> Tensor {
    Tensor(Samples.values([batch, 28, 28, 1], seed: Seed(UInt64(place))))
  }

  private static func step() throws -> (
    step: Step<Networks, Tensor, [Tensor]>, parameterCount: Int
  ) {
    let (generator, critic) = (generator(), critic())
    let up = try generator.declaration(inputs: [TensorType(.float32, [noise])])
    let judge = try critic.declaration(inputs: [TensorType(.float32, [28, 28, 1])])
    let (start, optimizer) = (try networks(up, judge), Adam(learningRate: 1e-4))
    let step = compiled(state: start, on: .cpu) { (networks: inout Networks, batch: Tensor) in
      train(&networks, generator, critic, optimizer, pictures: batch)
    }
    return (step, up.parameterCount + judge.parameterCount)
  }

  private static func networks(_ up: Declaration, _ judge: Declaration) throws -> Networks {
    let generator = try up.weights(from: up.initialValues(seed: 0))
    let critic = try judge.weights(from: judge.initialValues(seed: 1))
    let optimizer = Adam()
    return Networks(
      generator: generator, critic: critic,
      generatorOptimizer: optimizer.initialState(for: generator.parameters),
      criticOptimizer: optimizer.initialState(for: critic.parameters))
  }

  /// One step: the generator learns to be taken for true, the critic to tell true from false.
  private static func train(
    _ networks: inout Networks, _ generator: Sequential, _ critic: Sequential, _ optimizer: Adam,
    pictures: Tensor
  ) -> [Tensor] {
    let entropy = BinaryCrossentropy(fromLogits: true)
    let (ones, zeros) = (Tensor.ones([batch, 1]), Tensor.zeros([batch, 1]))
    let key = Tensor(HostTensor([Int64(0)]))
    let iteration = networks.generatorOptimizer.iteration.reshaped(to: [1])
    let seed = concatenate([key, iteration])
    let noise = Tensor.randomNormal([batch, noise], seed: seed, stream: 0)

    let before = networks
    let (fooling, made, up) = valueAndGradient(at: before.generator.parameters) { parameters in
      var own = Weights(parameters: parameters, state: before.generator.state)
      var judge = before.critic
      let fake = generator(noise, &own, training: seed)
      let loss = entropy(target: ones, prediction: critic(fake, &judge, training: seed))
      return (loss, (fake: fake, state: own.state))
    }
    let (judging, state, down) = valueAndGradient(at: before.critic.parameters) { parameters in
      var judge = Weights(parameters: parameters, state: before.critic.state)
      let isTrue = critic(pictures, &judge, training: seed)
      let isFake = critic(made.fake, &judge, training: seed)
      let loss =
        entropy(target: ones, prediction: isTrue) + entropy(target: zeros, prediction: isFake)
      return (loss, judge.state)
    }
    networks.generator = Weights(
      parameters: optimizer.update(
        before.generator.parameters, up, &networks.generatorOptimizer), state: made.state)
    networks.critic = Weights(
      parameters: optimizer.update(before.critic.parameters, down, &networks.criticOptimizer),
      state: state)
    return [fooling, judging]
  }
}
