import Moru

/// Training by `fit`, epoch after epoch: data loading, metrics and the reports are timed too.
struct Training: Workload {
  let name: String
  let batchSize: Int
  let optimizer: any Optimizer
  let samples: @Sendable () throws -> Dataset
  let model: @Sendable () throws -> any Layer

  /// - Parameters:
  ///   - name: The row's name.
  ///   - batchSize: Samples in a step.
  ///   - optimizer: How weights follow gradients.
  ///   - samples: Makes one epoch's samples, a whole number of batches.
  ///   - model: Draws the network, which ends in the probabilities of ten classes.
  init(
    _ name: String, batchSize: Int, optimizer: any Optimizer,
    samples: @escaping @Sendable () throws -> Dataset,
    model: @escaping @Sendable () throws -> any Layer
  ) {
    self.name = name
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.samples = samples
    self.model = model
  }

  func start() async throws -> any Session {
    let (model, samples) = (try model(), try samples())
    let memoryBefore = try PeakMemory.mark()
    let stepsPerEpoch = samples.count / batchSize
    let gate = EpochGate(stepsPerEpoch: stepsPerEpoch)
    let declaration = try model.declaration(
      inputs: samples.signature.map { TensorType($0.dtype, $0.shape) })
    let training = Task { [batchSize, optimizer] in
      do {
        _ = try await model.fit(
          samples, epochs: 1_000_000_000, batchSize: batchSize, optimizer: optimizer,
          loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
          callbacks: [EpochTimer(gate: gate)])
        await gate.trainingEnded()
      } catch {
        await gate.trainingEnded(error)
      }
    }
    let session = TrainingSession(
      workload: self, stepsPerEpoch: stepsPerEpoch, parameterCount: declaration.parameterCount,
      memoryBefore: memoryBefore,
      gate: gate, training: training)
    _ = try await session.measure(for: .zero)
    return session
  }

  func program() async throws -> (program: any Program, inputs: [HostTensor])? {
    try await program(optimizer, metrics: [.accuracy])
  }

  private func program(
    _ optimizer: any Optimizer, metrics: [any Metric]
  ) async throws -> (program: any Program, inputs: [HostTensor]) {
    let batch = try samples().subset(Array(0..<batchSize))
    let input = batch.signature[0]
    return try await untrained(model(), input: input.shape, input.dtype).trainingProgram(
      batchSize: batchSize, samples: batch,
      objective: Objective(loss: .sparseCategoricalCrossentropy, metrics: metrics),
      optimizer: optimizer)
  }

  /// The program of a step without metrics, on one batch that is there, as often as in an epoch:
  /// a mean over few steps would be a better minimum than one over many.
  ///
  /// Its weights stay where they are, because gradients of a batch that is known by heart vanish, and
  /// a processor computes with zeros faster than with numbers.
  fileprivate func bareStep(_ stepsPerEpoch: Int) async throws -> RepeatedWork {
    let (program, inputs) = try await program(
      optimizer.withLearningRate(.constant(1e-20)), metrics: [])
    let steps = [[HostTensor]](repeating: inputs, count: stepsPerEpoch)
    return try await RepeatedWork(pieces: steps.count) { _ = try await program.run(steps: steps) }
  }
}

private struct TrainingSession: Session {
  let workload: Training
  let stepsPerEpoch: Int
  let parameterCount: Int
  let memoryBefore: Int
  let gate: EpochGate
  let training: Task<Void, Never>

  func measure(for duration: Duration) async throws -> [Double] {
    try await gate.measure(for: duration)
  }

  func measureBare(for duration: Duration) async throws -> [Double]? {
    try await workload.bareStep(stepsPerEpoch).measure(for: duration)
  }

  func peakBytes() throws -> Int? { try PeakMemory.sinceMark() - memoryBefore }

  func end() async throws {
    await gate.stop()
    await training.value
  }
}

/// Holds a training between rounds, so that one `fit` is measured in several.
private struct EpochTimer: Callback {
  let gate: EpochGate

  func trainingBegan(_ training: TrainingControl) async throws { await gate.wait() }

  func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    if await !gate.epochEnded() { training.stop() }
  }
}

/// Where a training and those who measure it meet: an epoch runs only while a measurement lasts.
private actor EpochGate {
  private let stepsPerEpoch: Int
  private let clock = ContinuousClock()
  private var epochStart: ContinuousClock.Instant
  private var end: ContinuousClock.Instant
  private var milliseconds: [Double] = []
  private var measurement: CheckedContinuation<[Double], any Error>?
  private var training: CheckedContinuation<Void, Never>?
  private var isStopping = false
  private var ending: Result<Void, any Error>?

  init(stepsPerEpoch: Int) {
    self.stepsPerEpoch = stepsPerEpoch
    epochStart = clock.now
    end = clock.now
  }

  /// Lets the training run until `duration` is over and an epoch ends.
  func measure(for duration: Duration) async throws -> [Double] {
    if let ending {
      try ending.get()
      return []
    }
    return try await withCheckedThrowingContinuation { continuation in
      measurement = continuation
      milliseconds = []
      epochStart = clock.now
      end = epochStart + duration
      resumeTraining()
    }
  }

  /// Called by the training: waits for the first measurement.
  func wait() async {
    guard measurement == nil, !isStopping else { return }
    await withCheckedContinuation { training = $0 }
  }

  /// Called by the training after each epoch: waits for the next measurement if this one is over.
  ///
  /// - Returns: Whether to go on.
  func epochEnded() async -> Bool {
    let now = clock.now
    milliseconds.append((now - epochStart).inMilliseconds / Double(stepsPerEpoch))
    epochStart = now
    if now >= end {
      measurement?.resume(returning: milliseconds)
      measurement = nil
      await wait()
    }
    return !isStopping
  }

  /// Called by the training when it is over, whatever the reason.
  func trainingEnded(_ error: (any Error)? = nil) {
    ending = error.map { .failure($0) } ?? .success(())
    guard let measurement else { return }
    self.measurement = nil
    if let error {
      measurement.resume(throwing: error)
    } else {
      measurement.resume(returning: milliseconds)
    }
  }

  /// Lets the training end.
  func stop() {
    isStopping = true
    resumeTraining()
  }

  private func resumeTraining() {
    training?.resume()
    training = nil
  }
}
