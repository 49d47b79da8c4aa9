import Foundation
import Moru

// What docs/training.md shows, in its order. Run it at the repository's root.

WaitingThreads.giveWay()

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let parts = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 0)
let model = Sequential {
  Rescaling(1.0 / 16)
  Flatten()
  Dense(64, activation: .relu)
  Dense(10, activation: .softmax)
}

let sweep = try await model.sweepLearningRate(
  parts.train, optimizer: .sgd(momentum: 0.9), loss: .sparseCategoricalCrossentropy,
  from: 1e-5, to: 10)
print("a good rate to begin with:", sweep.suggestion ?? 0.01)

let trained = try await model.fit(
  parts.train, epochs: 20, optimizer: .sgd(learningRate: 0.05, momentum: 0.9),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .split(0.1),
  callbacks: [
    .progress, .terminateOnNaN,
    .reduceLROnPlateau(factor: 0.5, patience: 2),
    .earlyStopping(patience: 5, restoreBestWeights: true),
    .modelCheckpoint("runs/digits-{epoch:02d}-{val_loss:.3f}.moru", saveBestOnly: true),
    .csvLogger("runs/digits.csv"), .tensorBoard("runs/logs"),
    .backupAndRestore("runs/digits.backup"),
  ])
print(try await trained.evaluate(parts.test))

let tuned = try await trained.frozen("dense").fit(
  parts.train, epochs: 3, optimizer: .sgd(learningRate: 0.01),
  loss: .sparseCategoricalCrossentropy)
let anew = try await model.fit(
  parts.train, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  startingWeights: tuned.weights.filter { $0.key.hasPrefix("dense/") })
print(try await anew.evaluate(parts.test))

// Sixteen waves, each cut into four parts of ten steps: part by part, wave by wave.
let waves: [[Float]] = (0..<64).map { sample in
  let (part, wave) = sample.quotientAndRemainder(dividingBy: 16)
  return (0...10).map { step in sinf(0.3 * Float(10 * part + step) + Float(wave)) }
}
let inputs = try HostTensor(waves.flatMap { $0.dropLast() }).reshaped(to: [64, 10, 1])
let series = try Dataset(
  source: "waves", features: [Dataset.Feature(name: "wave", values: inputs)],
  targets: .values(waves.map { $0[10] }))
let (beginning, end) = (try inputs.slice(0..<32), try inputs.slice(32..<64))
let walk = Sequential {
  LSTM(8, statefulBatchSize: 16)
  Dense(1)
}
let walked = try await walk.fit(
  series, epochs: 3, batchSize: 16, optimizer: .adam(), loss: .meanSquaredError, shuffle: false,
  callbacks: [
    LambdaCallback(onEpochBegan: { _, training in try await training.resetStates() })
  ])
let predictor = Predictor(try walked.resettingStates())
for part in [beginning, end] { print(try await predictor.predict([part])[0].shape) }

/// Says which epochs were better than all before.
struct Applause: Callback {
  private var best = Double.infinity

  mutating func trainingBegan(_ training: TrainingControl) async throws { best = .infinity }

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    guard let loss = report.figures["loss"], loss < best else { return }
    best = loss
    print("epoch \(report.epoch) is the best so far: \(loss)")
    if loss < 0.01 { training.stop() }
  }
}

_ = try await model.fit(
  parts.train, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  callbacks: [
    Applause(),
    LambdaCallback(
      onStepsEnded: { progress, _ in print("step \(progress.step): \(progress.meanLoss)") },
      stepInterval: 20),
  ])

let mixed = try await model.fit(
  parts.train, epochs: 3, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  precision: .mixedBFloat16)
print(try await mixed.evaluate(parts.test))

/// Everything that a step of one's own changes.
struct Learner: TensorTree {
  var weights: Weights
  var optimizer: OptimizerState

  mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try weights.visit(body)
    try optimizer.visit(body)
  }
}

let declaration = try model.declaration(inputs: [TensorType(.float32, [8, 8, 1])])
let start = try declaration.weights(from: declaration.initialValues(seed: 0))
let adam = Adam(learningRate: 1e-3)
let step = compiled(
  state: Learner(weights: start, optimizer: adam.initialState(for: start.parameters)), on: .cpu
) { (learner: inout Learner, images: Tensor, labels: Tensor, seed: Tensor) in
  let (loss, state, gradient) = valueAndGradient(at: learner.weights.parameters) { parameters in
    var weights = Weights(parameters: parameters, state: learner.weights.state)
    let scores = model(images, &weights, training: seed)
    let loss = SparseCategoricalCrossentropy()(target: labels, prediction: scores)
    return (loss, weights.state)
  }
  learner.weights.state = state
  learner.weights.parameters = adam.update(
    learner.weights.parameters, gradient, &learner.optimizer)
  return loss
}

let (images, labels) = (digits.features[0].values, digits.targets[0].tensor)
let batches = BatchPlan(sampleCount: digits.count, batchSize: 32, seed: 0)
for (number, rows) in batches.batches(epoch: 0).enumerated() {
  let loss = try await step(
    Tensor(try images.rows(rows)), Tensor(try labels.rows(rows)),
    Tensor(HostTensor([Int64(1), Int64(number)])))
  if number % 20 == 0 { print("loss", try await loss.value(on: .cpu)) }
}
let learned = try await step.snapshot().weights
print(learned.parameters.keys.sorted())
