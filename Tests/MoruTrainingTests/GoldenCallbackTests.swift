import Foundation
import GoldenKit
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Synchronization
import Testing

/// Tells a callback of other figures than the training's own.
private struct Replayed<Inner: Callback>: Callback {
  var inner: Inner
  let figure: String
  let values: [Double]
  /// Is told the rate after each epoch.
  let note: @Sendable (Double) -> Void

  mutating func trainingBegan(_ training: TrainingControl) async throws {
    try await inner.trainingBegan(training)
  }

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let told = EpochReport(
      epoch: report.epoch, figures: [figure: values[report.epoch - 1]], seconds: 0)
    try await inner.epochEnded(told, training)
    note(try await training.learningRate())
  }

  mutating func trainingEnded(_ training: TrainingControl) async throws {
    try await inner.trainingEnded(training)
  }
}

@Suite("Callbacks decide as Keras's do") struct GoldenCallbackTests {
  /// Trains as many epochs as there are values and returns the model and the rate after each epoch.
  private func replay(
    _ callback: some Callback, _ golden: GoldenFile
  ) async throws -> (model: TrainedModel, rates: [Double]) {
    let point = try Dataset(
      source: "point", features: [.init(values: HostTensor([[Float(1)]]))], targets: .values([1]))
    let values = try golden.tensor("values").array(of: Double.self)
    let rates = Rates()
    let model = try await Sequential { Dense(1) }.fit(
      point, epochs: values.count, optimizer: .sgd(learningRate: 1), loss: .meanSquaredError,
      callbacks: [
        Replayed(
          inner: callback, figure: try golden.config.value("monitor").text(), values: values,
          note: { rates.note($0) })
      ])
    return (model, rates.values)
  }

  private final class Rates: Sendable {
    private let rates = Mutex<[Double]>([])
    func note(_ rate: Double) { rates.withLock { $0.append(rate) } }
    var values: [Double] { rates.withLock { $0 } }
  }

  @Test("for given figures", arguments: GoldenFile.names(in: "callbacks"))
  func decisions(name: String) async throws {
    let golden = try GoldenFile("callbacks", name)
    switch golden.className {
    case "EarlyStopping":
      let (model, rates) = try await replay(EarlyStopping(golden), golden)
      let epochs = try golden.tensor("epochs").array(of: Double.self)[0]
      let kept = try golden.tensor("kept").array(of: Double.self)[0]
      #expect(rates.count == Int(epochs))
      #expect(model.training?.keptEpoch == Int(kept))
    case "ReduceLROnPlateau":
      let (_, rates) = try await replay(ReduceLROnPlateau(golden), golden)
      let wanted = try golden.tensor("rates").array(of: Double.self)
      #expect(rates.count == wanted.count)
      for (rate, other) in zip(rates, wanted) { #expect(abs(rate - other) <= 1e-7 * other) }
    case "ModelCheckpoint":
      let folder = try TemporaryFolder()
      _ = try await replay(
        ModelCheckpoint(golden, folder.path("{epoch:03d}.safetensors")), golden)
      let saved = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        .compactMap { Double($0.prefix(3)) }.sorted()
      #expect(saved == (try golden.tensor("saved").array(of: Double.self)))
    default: Issue.record("there is no callback \(golden.className)")
    }
  }
}

// Keras's settings as ours.
extension GoldenFile {
  fileprivate var mode: MonitorMode {
    get throws { MonitorMode(rawValue: try config.value("mode").text()) ?? .auto }
  }

  fileprivate func number(_ key: String) throws -> Double? { try config[key]?.number() }

  fileprivate func count(_ key: String, _ standard: Int) throws -> Int {
    try config[key]?.integer() ?? standard
  }
}

extension EarlyStopping {
  fileprivate init(_ golden: GoldenFile) throws {
    self.init(
      monitor: try golden.config.value("monitor").text(),
      minDelta: try golden.number("min_delta") ?? 0, patience: try golden.count("patience", 0),
      mode: try golden.mode, baseline: try golden.number("baseline"),
      restoreBestWeights: try golden.config["restore_best_weights"]?.bool() ?? false,
      startFromEpoch: try golden.count("start_from_epoch", 0))
  }
}

extension ReduceLROnPlateau {
  fileprivate init(_ golden: GoldenFile) throws {
    self.init(
      monitor: try golden.config.value("monitor").text(),
      factor: try golden.number("factor") ?? 0.1, patience: try golden.count("patience", 10),
      mode: try golden.mode, minDelta: try golden.number("min_delta") ?? 1e-4,
      cooldown: try golden.count("cooldown", 0),
      minLearningRate: try golden.number("min_lr") ?? 0)
  }
}

extension ModelCheckpoint {
  fileprivate init(_ golden: GoldenFile, _ path: String) throws {
    self.init(
      path, monitor: try golden.config.value("monitor").text(),
      saveBestOnly: try golden.config["save_best_only"]?.bool() ?? false, saveWeightsOnly: true,
      mode: try golden.mode,
      initialValueThreshold: try golden.number("initial_value_threshold"))
  }
}
