import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Synchronization
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

  mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    log.events.append("epoch \(epoch) began")
  }

  mutating func validationBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    log.events.append("validation of \(epoch) began")
  }

  mutating func validationEnded(
    _ figures: [String: Double], _ training: TrainingControl
  ) async throws {
    log.events.append("validated " + figures.keys.sorted().joined(separator: " "))
  }

  mutating func stepsEnded(_ progress: StepProgress, _ training: TrainingControl) async throws {
    log.losses += progress.losses.count
  }

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    log.events.append("epoch \(report.epoch) ended")
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
      "began loss accuracy val_loss val_accuracy",
      "epoch 1 began", "validation of 1 began", "validated val_accuracy val_loss", "epoch 1 ended",
      "epoch 2 began", "validation of 2 began", "validated val_accuracy val_loss", "epoch 2 ended",
      "ended",
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
  let trained = try await fit(epochs: 3, rate: 0.05, [.modelCheckpoint(path, saveBestOnly: true)])
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

@Test func theCSVLogGoesOnWithAnEarlierOneIfToldSo() async throws {
  let folder = try TemporaryFolder()
  let path = folder.path("log.csv")
  let log = CSVLogger(path, separator: ";", append: true)
  _ = try await fit(epochs: 2, validation: .none, [log])
  _ = try await fit(epochs: 1, validation: .none, [log])
  let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
  #expect(lines.first == "epoch;loss;accuracy;seconds")
  #expect(lines.dropFirst().map { $0.prefix(2) } == ["1;", "2;", "1;"])
  await #expect(
    throws: TrainingError.callback(
      "csvLogger", reason: "\(path) has other columns than this training",
      remedy: "Choose another file, or leave out append to replace it.")
  ) { try await fit(epochs: 1, [log]) }
}

@Test func checkpointsMayBeWeightsNamedByEpochStepAndFigures() async throws {
  let folder = try TemporaryFolder()
  let trained = try await fit(
    epochs: 2, rate: 0.05, validation: .none,
    [
      .modelCheckpoint(folder.path("{epoch:02d}-{loss:.1f}.safetensors"), saveWeightsOnly: true),
      .modelCheckpoint(
        folder.path("deep/{epoch}/step{batch:03d}.moru"), frequency: .steps(4)),
    ])
  // 200 samples are 7 steps an epoch: steps 4, 8 and 12 are saved.
  let files = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
  let packages = files.filter { $0.hasSuffix(".moru") }.sorted()
  #expect(packages == ["deep/1/step004.moru", "deep/2/step001.moru", "deep/2/step005.moru"])
  let record = try #require(trained.training?.epochs[1].figures["loss"])
  let name = "02-" + String(format: "%.1f", record) + ".safetensors"
  #expect(files.contains(name))
  let weights = try SafeTensors(opening: folder.url.appending(path: name)).tensors()
  #expect(weights == trained.weights)
}

@Test func namesInACheckpointsPathAreChecked() async throws {
  await #expect(
    throws: TrainingError.unknownFigure(
      "acuracy", known: ["loss", "accuracy", "epoch"], nearest: "accuracy")
  ) { try await fit(epochs: 1, validation: .none, [.modelCheckpoint("{acuracy}.moru")]) }
  await #expect(throws: TrainingError.self) {
    try await fit(epochs: 1, validation: .none, [.modelCheckpoint("{epoch:x}.moru")])
  }
  await #expect(throws: TrainingError.self) {
    try await fit(
      epochs: 1, [.modelCheckpoint("best.moru", saveBestOnly: true, frequency: .steps(2))])
  }
}

@Test func settingsOutOfRangeAreRefused() async throws {
  let callbacks: [any Callback] = [
    .earlyStopping(patience: -1), .earlyStopping(startFromEpoch: -1), .earlyStopping(minDelta: -1),
    .reduceLROnPlateau(factor: 1), .reduceLROnPlateau(patience: -1),
    .reduceLROnPlateau(cooldown: -1), .reduceLROnPlateau(minLearningRate: -1),
    .modelCheckpoint("x.moru", frequency: .steps(0)), .backupAndRestore("x", frequency: .steps(0)),
    .learningRateScheduler { _, _ in .nan }, .tensorBoard("x", histogramFrequency: -1),
    .swapEMAWeights(),
  ]
  for callback in callbacks {
    await #expect(throws: TrainingError.self, "\(callback)") {
      try await fit(epochs: 1, [callback])
    }
  }
}

@Test func runningMeansStandInForTheWeightsInValidation() async throws {
  func losses(_ callbacks: [any Callback]) async throws -> [Double?] {
    let trained = try await Digits.mlp.fit(
      Digits.load(count: 200), epochs: 2, optimizer: .sgd(learningRate: 0.05).averaging(),
      loss: .sparseCategoricalCrossentropy, validation: .split(0.2), callbacks: callbacks)
    let figures = try #require(trained.training?.epochs[1].figures)
    let parts = try Digits.load(count: 200).trainTestSplit(
      testFraction: 0.2, stratified: true, seed: Seed(0).child("validation"))
    return [
      figures["loss"], figures["val_loss"], try await trained.evaluate(parts.test).loss,
    ]
  }
  let (plain, swapped, kept) = (
    try await losses([]), try await losses([.swapEMAWeights()]),
    try await losses([.swapEMAWeights(swapOnEpoch: true)])
  )
  // The training is the same; the validation is that of the model that comes out.
  #expect(swapped[0] == plain[0] && kept == swapped)
  #expect(swapped[1] == swapped[2] && plain[1] != plain[2])
  #expect(plain[2] == swapped[2])
}

@Test func closuresAreCalledAtTheirEvents() async throws {
  let seen = Mutex<[String]>([])
  @Sendable func note(_ event: String) { seen.withLock { $0.append(event) } }
  _ = try await fit(
    epochs: 1,
    [
      LambdaCallback(
        onTrainingBegan: { _ in note("began") }, onEpochBegan: { epoch, _ in note("e\(epoch)") },
        onStepsEnded: { progress, _ in note("s\(progress.step)") },
        onValidationBegan: { epoch, _ in note("v\(epoch)") },
        onValidationEnded: { figures, _ in note("\(figures.count)") },
        onEpochEnded: { report, _ in note("E\(report.epoch)") },
        onTrainingEnded: { _ in note("ended") }, stepInterval: 1)
    ])
  #expect(
    seen.withLock { $0 } == [
      "began", "e1", "s1", "s2", "s3", "s4", "s5", "v1", "2", "E1", "ended",
    ])
}

@Test func aScheduledRateIsTheNextStepsRate() async throws {
  let schedule = LearningRateScheduler { epoch, rate in epoch < 2 ? rate : 0 }
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
