import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

/// What ends a training before its time.
private struct Interruption: Error {}

@Suite("An interrupted training") struct ResumeTests {
  private func fit(
    stopAfterStep: Int? = nil, epochs: Int = 4, batchSize: Int = 32, seed: Seed = 7,
    accumulatingSteps: Int = 1, optimizer: any Optimizer = .adam(),
    layer: any Layer = Digits.mlp, _ callbacks: [any Callback]
  ) async throws -> TrainedModel {
    let interruption = LambdaCallback(
      onStepsEnded: { progress, _ in
        if progress.trainingStep == stopAfterStep { throw Interruption() }
      }, stepInterval: 1)
    return try await layer.fit(
      Digits.load(count: 200), epochs: epochs, batchSize: batchSize,
      accumulatingSteps: accumulatingSteps, optimizer: optimizer,
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .split(0.25),
      callbacks: callbacks + [interruption], seed: seed)
  }

  private func isSame(_ one: TrainedModel, _ other: TrainedModel) -> Bool {
    one.weights == other.weights && one.training?.epochs == other.training?.epochs
      && one.training?.keptEpoch == other.training?.keptEpoch
  }

  @Test(
    "ends as if nothing had interrupted it",
    arguments: [
      (SaveFrequency.epoch, 12, 1), (.steps(3), 12, 1), (.steps(5), 11, 1), (.steps(4), 9, 3),
    ])
  func bits(frequency: SaveFrequency, stop: Int, accumulatingSteps: Int) async throws {
    let folder = try TemporaryFolder()
    let backup = folder.path("state/digits.backup")
    let optimizer = Adam.adam(learningRate: .cosineDecay(initial: 0.01)).averaging(momentum: 0.9)
    // The others' memory is part of the state: patience, the best weights, the rate.
    func callbacks(_ first: any Callback) -> [any Callback] {
      [
        first, .reduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 0.5),
        .earlyStopping(monitor: "val_accuracy", patience: 2, restoreBestWeights: true),
      ]
    }
    let whole = try await fit(
      accumulatingSteps: accumulatingSteps, optimizer: optimizer,
      callbacks(.backupAndRestore(folder.path("other"), frequency: frequency)))
    await #expect(throws: Interruption.self) {
      try await fit(
        stopAfterStep: stop, accumulatingSteps: accumulatingSteps, optimizer: optimizer,
        callbacks(.backupAndRestore(backup, frequency: frequency)))
    }
    #expect(FileManager.default.fileExists(atPath: backup))
    let resumed = try await fit(
      accumulatingSteps: accumulatingSteps, optimizer: optimizer,
      callbacks(.backupAndRestore(backup, frequency: frequency)))
    #expect(isSame(resumed, whole))
    #expect(!FileManager.default.fileExists(atPath: backup))
  }

  @Test("does not go on with other data or settings")
  func refusal() async throws {
    let folder = try TemporaryFolder()
    let backup = folder.path("digits.backup")
    await #expect(throws: Interruption.self) {
      try await fit(stopAfterStep: 8, [.backupAndRestore(backup)])
    }
    await #expect(
      throws: TrainingError.backup(
        path: backup, reason: "it is of a training with batchSize 32, not 16")
    ) { try await fit(batchSize: 16, [.backupAndRestore(backup)]) }
    await #expect(
      throws: TrainingError.backup(path: backup, reason: "it is of a training with seed 7, not 8")
    ) { try await fit(seed: 8, [.backupAndRestore(backup)]) }
    await #expect(
      throws: TrainingError.backup(
        path: backup,
        reason: "it is of a training with another optimizer or other settings of it")
    ) { try await fit(optimizer: .sgd(), [.backupAndRestore(backup)]) }
    await #expect(
      throws: TrainingError.backup(path: backup, reason: "it is of a training with another model")
    ) { try await fit(layer: Digits.cnn, [.backupAndRestore(backup)]) }
    try Data("nonsense".utf8).write(to: URL(filePath: backup))
    await #expect(throws: (any Error).self) { try await fit([.backupAndRestore(backup)]) }
  }

  @Test("may keep its backup, and has then nothing left to do")
  func kept() async throws {
    let folder = try TemporaryFolder()
    let backup = folder.path("digits.backup")
    let first = try await fit([.backupAndRestore(backup, deletesBackup: false)])
    let second = try await fit([.backupAndRestore(backup, deletesBackup: false)])
    #expect(isSame(first, second))
  }

  @Test("keeps its old backup if it cannot write a new one")
  func atomic() async throws {
    let folder = try TemporaryFolder()
    let backup = folder.path("digits.backup")
    await #expect(throws: Interruption.self) {
      try await fit(stopAfterStep: 8, [.backupAndRestore(backup)])
    }
    let before = try Data(contentsOf: URL(filePath: backup))
    // A file of the wrong kind does not become a backup either.
    #expect(before.count > 1000)
    await #expect(throws: Interruption.self) {
      try await fit(stopAfterStep: 9, [.backupAndRestore(backup)])
    }
    #expect(try Data(contentsOf: URL(filePath: backup)) == before)
  }
}

@Suite("Epochs") struct EpochTests {
  private func fit(
    epochs: Int = 4, shuffle: Bool = true, initialEpoch: Int = 0, stepsPerEpoch: Int? = nil,
    validationFrequency: Int = 1, validationBatchSize: Int = 256, accumulatingSteps: Int = 1,
    _ callbacks: [any Callback] = []
  ) async throws -> TrainedModel {
    try await Digits.mlp.fit(
      Digits.load(count: 100), epochs: epochs, batchSize: 16,
      accumulatingSteps: accumulatingSteps, optimizer: .sgd(learningRate: 0.05),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
      validation: .split(0.2), validationFrequency: validationFrequency,
      validationBatchSize: validationBatchSize, shuffle: shuffle, initialEpoch: initialEpoch,
      stepsPerEpoch: stepsPerEpoch, callbacks: callbacks)
  }

  @Test("begin after those that count as done")
  func initialEpoch() async throws {
    let record = try #require(try await fit(epochs: 5, initialEpoch: 3).training)
    #expect(record.epochs.map(\.number) == [4, 5])
    #expect(record.keptEpoch == 5)
  }

  @Test("of fewer steps see the same batches in the same order", arguments: [2, 3, 7, 10])
  func stepsPerEpoch(steps: Int) async throws {
    // 80 samples in batches of 16: 5 steps see all of them; 10 of 2 steps are 4 of 5 steps.
    let few = try await fit(epochs: 20 / steps, stepsPerEpoch: steps)
    let count = 20 / steps * steps
    let counter = LambdaCallback(
      onStepsEnded: { progress, training in
        if progress.trainingStep == count { training.stop() }
      }, stepInterval: 1)
    let all = try await fit(counter: counter)
    #expect(few.weights == all.weights)
    #expect(few.training?.epochs.count == 20 / steps)
  }

  private func fit(counter: LambdaCallback) async throws -> TrainedModel {
    try await fit(epochs: 4, [counter])
  }

  @Test("update the weights at their end, however few steps they have")
  func accumulation() async throws {
    let record = try #require(
      try await fit(epochs: 3, stepsPerEpoch: 4, accumulatingSteps: 3).training)
    #expect(record.epochs.count == 3)
  }

  @Test("are validated when they are due, whatever the size of the batches")
  func validation() async throws {
    let record = try #require(try await fit(epochs: 5, validationFrequency: 2).training)
    let validated = record.epochs.filter { $0.figures["val_loss"] != nil }
    #expect(validated.map(\.number) == [2, 4])
    let small = try #require(try await fit(epochs: 2, validationBatchSize: 3).training)
    let loss = try #require(small.epochs[1].figures["val_loss"])
    let wanted = try #require(record.epochs[1].figures["val_loss"])
    #expect(abs(loss - wanted) <= 1e-6 * wanted)
  }

  @Test("keep the samples' order if told so")
  func order() async throws {
    let one = try await fit(shuffle: false)
    #expect(try await fit(shuffle: false).weights == one.weights)
    #expect(try await fit().weights != one.weights)
  }

  @Test("stop after the present steps if asked between them")
  func stop() async throws {
    let stopper = LambdaCallback(
      onStepsEnded: { progress, training in if progress.step == 2 { training.stop() } },
      stepInterval: 1)
    let record = try #require(try await fit([stopper]).training)
    #expect(record.epochs.count == 1)
    #expect(record.epochs[0].figures["val_loss"] != nil)
  }

  @Test("out of range are refused with what is allowed")
  func range() async throws {
    await #expect(
      throws: TrainingError.outOfRange(
        "initialEpoch", allowed: "at least 0 and below epochs (4)")
    ) { try await fit(initialEpoch: 4) }
    await #expect(throws: TrainingError.outOfRange("stepsPerEpoch", allowed: "at least 1")) {
      try await fit(stepsPerEpoch: 0)
    }
    await #expect(throws: TrainingError.outOfRange("validationFrequency", allowed: "at least 1")) {
      try await fit(validationFrequency: 0)
    }
    await #expect(throws: TrainingError.outOfRange("validationBatchSize", allowed: "at least 1")) {
      try await fit(validationBatchSize: 0)
    }
  }
}
