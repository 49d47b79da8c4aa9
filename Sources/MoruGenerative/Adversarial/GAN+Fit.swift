public import MoruCPU
public import MoruData
public import MoruGraph
import MoruLayers
import MoruModels
public import MoruOptimizers
public import MoruTensors
public import MoruTraining

extension GAN {
  /// Trains both networks. A step is one program: `discriminatorSteps` updates of the discriminator, each
  /// on a batch of its own, then one of the generator.
  ///
  /// Each network's batch statistics and weights move in its own updates alone; in the generator's the
  /// discriminator judges as in training, with batch statistics and dropout. The same seed gives the
  /// same weights, bit for bit, on the same kind of machine with the same number of threads.
  ///
  /// - Parameters:
  ///   - data: Real samples: one feature, and classes if the GAN is conditional. All count alike:
  ///     weights of samples are not heeded.
  ///   - epochs: How often each sample is seen, at least 1; what is left of an epoch after its last
  ///     whole step is left out, another part each time.
  ///   - batchSize: Samples in a batch, at least 1.
  ///   - watch: What names collapse and divergence; nil for nothing.
  ///   - callbacks: What watches the training and may act on it, in this order: the generator is their
  ///     model, the discriminator's loss that of their steps, and the learning rate the generator's,
  ///     with which the discriminator's changes in proportion.
  ///   - seed: Decides starting weights, order, noise and dropout.
  ///   - executor: Where it runs.
  /// - Throws: `GenerativeError` if networks, data and settings do not fit together; `GraphError` if a
  ///   network is not defined for what it is given; what callbacks throw.
  public func fit(
    _ data: Dataset, epochs: Int, batchSize: Int = 64,
    generatorOptimizer: any Optimizer, discriminatorOptimizer: any Optimizer,
    watch: GANWatch? = GANWatch(), callbacks: [any Callback] = [], seed: Seed = 0,
    on executor: any Executor = .cpu
  ) async throws -> TrainedGAN {
    guard (1...1 << 31).contains(epochs) else {
      throw GenerativeError.outOfRange(
        "epochs", found: "\(epochs)", allowed: "1 to \(1 << 31)")
    }
    let structure = try GANStructure(self, data: data, batchSize: batchSize)
    let steps = data.count / (batchSize * discriminatorSteps) * epochs
    func resolved(_ optimizer: any Optimizer, _ count: Int) -> any Optimizer {
      optimizer.withLearningRate(optimizer.learningRate.resolved(totalSteps: count))
    }
    let trainer = try await GANTrainer(
      structure, data: data, batchSize: batchSize,
      generatorOptimizer: resolved(generatorOptimizer, steps),
      discriminatorOptimizer: resolved(discriminatorOptimizer, steps * discriminatorSteps),
      epochs: epochs, seed: seed, executor: executor)
    return try await trainer.run((watch.map { [$0] } ?? []) + callbacks)
  }
}

/// A GAN whose networks fit together and to data.
struct GANStructure: Sendable {
  let gan: GAN
  /// Names and types of what the networks take beside noise and samples: the class, or nothing.
  let labels: TensorType?
  let sample: TensorType
  let generator: Declaration
  let discriminator: Declaration

  init(_ gan: GAN, data: Dataset, batchSize: Int) throws {
    let least = [
      ("noise", gan.noise), ("discriminatorSteps", gan.discriminatorSteps),
      ("batchSize", batchSize),
    ]
    for (name, number) in least where number < 1 {
      throw GenerativeError.outOfRange(name, found: "\(number)", allowed: "at least 1")
    }
    if case .wasserstein(let penalty) = gan.loss, !(penalty >= 0 && penalty.isFinite) {
      throw GenerativeError.outOfRange(
        "penalty", found: "\(penalty)", allowed: "finite and at least 0")
    }
    guard data.features.count == 1 else {
      throw GenerativeError.features(data.features.map(\.name))
    }
    guard batchSize <= data.count / gan.discriminatorSteps else {
      let (needed, overflow) = batchSize.multipliedReportingOverflow(by: gan.discriminatorSteps)
      throw GenerativeError.tooFewSamples(data.count, needed: overflow ? .max : needed)
    }
    if gan.isConditional, data.labels == nil { throw GenerativeError.noClasses }
    self.gan = gan
    labels = gan.isConditional ? data.labels.map { TensorType(.float32, [$0.count]) } : nil
    let prepared = gan.prepared(.placeholder(data.features[0].values.type))
    if let error = prepared.error { throw error }
    sample = TensorType(.float32, Shape(Array(prepared.shape.dropFirst())))
    let beside = labels.map { [$0] } ?? []
    generator = try gan.generator.declaration(
      inputs: [TensorType(.float32, [gan.noise])] + beside)
    discriminator = try gan.discriminator.declaration(inputs: [sample] + beside)
    try Self.check(generator.outputs, sample.shape, of: "The generator")
    try Self.check(discriminator.outputs, [1], of: "The discriminator")
    if case .wasserstein = gan.loss,
      let call = discriminator.calls.first(where: { $0.kind == BatchNormalization.kind })
    {
      throw GenerativeError.batchNormalized(layer: call.path)
    }
  }

  private static func check(_ outputs: [TensorType], _ needed: Shape, of name: String) throws {
    guard outputs.count == 1 else {
      throw GenerativeError.severalOutputs(of: name, count: outputs.count)
    }
    let found = Shape(Array(outputs[0].shape.dropFirst()))
    guard found == needed else {
      throw GenerativeError.shape(of: name, found: found, needed: needed)
    }
  }

  private var labelInput: [ModelInput] {
    labels.map {
      [ModelInput(name: "class", dtype: $0.dtype, shape: $0.shape, content: InputContent())]
    } ?? []
  }

  /// The generator with some weights, by path.
  func trainedGenerator(_ weights: [String: HostTensor]) throws -> TrainedModel {
    try TrainedModel(
      layer: gan.generator, weights: weights,
      signature: ModelSignature(
        inputs: [
          ModelInput(
            name: "noise", dtype: .float32, shape: [gan.noise], content: InputContent())
        ] + labelInput,
        outputs: [
          ModelOutput(name: "sample", dtype: .float32, shape: sample.shape, meaning: .numbers)
        ]))
  }

  /// The discriminator with some weights, by path.
  func trainedDiscriminator(_ weights: [String: HostTensor]) throws -> TrainedModel {
    try TrainedModel(
      layer: gan.discriminator, weights: weights,
      signature: ModelSignature(
        inputs: [
          ModelInput(
            name: "sample", dtype: .float32, shape: sample.shape, content: InputContent())
        ] + labelInput,
        outputs: [ModelOutput(name: "score", dtype: .float32, shape: [1], meaning: .numbers)]))
  }
}
