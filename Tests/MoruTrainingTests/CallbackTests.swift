import Foundation
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// Notes what it is told, and may change what other callbacks see.
private struct Witness: Callback {
  final class Log: @unchecked Sendable {  // Written by one training at a time.
    var events: [String] = []
    var losses = 0
  }

  let log = Log()

  mutating func trainingBegan(_ training: TrainingControl) async throws {
    log.events.append("began " + training.figureNames.joined(separator: " "))
  }

  mutating func stepsEnded(_ progress: StepProgress, _ training: TrainingControl) async throws {
    log.losses += progress.losses.count
  }

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    log.events.append("epoch \(report.epoch)")
  }

  mutating func trainingEnded(_ training: TrainingControl) async throws {
    log.events.append("ended")
  }
}

private func fit(
  epochs: Int, rate: LearningRate = 0.001, validation: Validation = .split(0.2),
  _ callbacks: [any Callback]
) async throws -> TrainedModel {
  try await Digits.mlp.fit(
    Digits.load(count: 200), epochs: epochs, optimizer: .sgd(learningRate: rate),
    loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: validation,
    callbacks: callbacks)
}

@Test func callbacksAreToldEverythingInOrder() async throws {
  let witness = Witness()
  _ = try await fit(epochs: 2, [witness])
  #expect(
    witness.log.events == [
      "began loss accuracy val_loss val_accuracy", "epoch 1", "epoch 2", "ended",
    ])
  #expect(witness.log.losses == 2 * 5)
}

@Test func earlyStoppingEndsATrainingThatGainsNothingAndRestoresTheBest() async throws {
  // A rate of 0 gains nothing: the first epoch stays the best.
  let trained = try await fit(
    epochs: 50, rate: 0, [.earlyStopping(patience: 3, restoreBestWeights: true)])
  #expect(trained.training?.epochs.count == 4)
  #expect(trained.training?.keptEpoch == 1)
}

@Test func earlyStoppingLetsATrainingThatGainsGoOn() async throws {
  let trained = try await fit(epochs: 6, rate: 0.05, [.earlyStopping(patience: 1)])
  #expect(trained.training?.epochs.count == 6)
}

@Test func watchingAFigureThatDoesNotExistIsAnErrorWithTheNearestName() async throws {
  await #expect(
    throws: TrainingError.unknownFigure(
      "val_acuracy", known: ["loss", "accuracy", "val_loss", "val_accuracy"],
      nearest: "val_accuracy")
  ) {
    try await fit(epochs: 1, [.earlyStopping(monitor: "val_acuracy")])
  }
  await #expect(throws: TrainingError.self) {
    try await fit(epochs: 1, validation: .none, [.earlyStopping()])
  }
}

@Test func checkpointsAreWholePackages() async throws {
  let folder = try TemporaryFolder()
  let path = folder.path("best.moru")
  let trained = try await fit(epochs: 3, rate: 0.05, [.modelCheckpoint(path)])
  let best = try TrainedModel.load(path)
  #expect(best.weights == trained.weights)
}

@Test func theCSVLogHasARowForEachEpoch() async throws {
  let folder = try TemporaryFolder()
  _ = try await fit(epochs: 2, [.csvLogger(folder.path("log.csv"))])
  let lines = try String(contentsOfFile: folder.path("log.csv"), encoding: .utf8)
    .split(separator: "\n")
  #expect(lines[0] == "epoch,loss,accuracy,val_loss,val_accuracy,seconds")
  #expect(lines.count == 3)
  #expect(lines[2].hasPrefix("2,"))
}

@Test func aFactorOfZeroStopsLearning() async throws {
  let schedule = LearningRateScheduler { epoch in epoch < 2 ? 1 : 0 }
  let trained = try await fit(epochs: 3, rate: 0.05, validation: .none, [schedule])
  let once = try await fit(epochs: 1, rate: 0.05, validation: .none, [])
  #expect(trained.weights == once.weights)
}

@Test func aLossThatIsNotFiniteEndsTheTraining() async throws {
  await #expect(throws: TrainingError.self) {
    try await Digits.mlp.fit(
      Digits.load(count: 200), epochs: 5, optimizer: .sgd(learningRate: 1e30),
      loss: .sparseCategoricalCrossentropy, callbacks: [.terminateOnNaN])
  }
}

@Test func aCancelledTrainingEnds() async throws {
  let digits = try Digits.load(count: 200)
  let task = Task {
    try await Digits.mlp.fit(
      digits, epochs: 1_000_000, optimizer: .adam(), loss: .sparseCategoricalCrossentropy)
  }
  task.cancel()
  await #expect(throws: CancellationError.self) { try await task.value }
}
