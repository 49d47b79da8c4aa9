import Foundation
import MoruLayers
import MoruTensors

/// Writes figures for TensorBoard, which draws them: `tensorboard --logdir logs`.
///
/// Below the folder there is one run `train` and, if there are validation data, one `validation`, as
/// Keras lays them out: after each epoch `epoch_loss` and the metrics' figures under the epoch's
/// number from 0 on, and the learning rate as `epoch_learning_rate`; between epochs, if asked for,
/// `batch_loss` and so on under the number of steps done.
public struct TensorBoard: Callback {
  private let folder: URL
  private let histogramFrequency: Int
  private let updateFrequency: SaveFrequency
  private var train: EventFile?
  private var validation: EventFile?

  /// Writes event files below `folder`.
  ///
  /// - Parameters:
  ///   - folder: Where to; each training adds files.
  ///   - histogramFrequency: After how many epochs the weights' histograms are written each time; 0
  ///     for never.
  ///   - updateFrequency: Whether figures are also written between epochs, after so many steps.
  public init(
    _ folder: String, histogramFrequency: Int = 0, updateFrequency: SaveFrequency = .epoch
  ) {
    self.folder = URL(filePath: folder)
    self.histogramFrequency = histogramFrequency
    self.updateFrequency = updateFrequency
  }

  public var stepInterval: Int? { updateFrequency.interval }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try updateFrequency.check("tensorBoard")
    guard histogramFrequency >= 0 else {
      throw TrainingError.outOfRange("tensorBoard's histogramFrequency", allowed: "at least 0")
    }
    train = try EventFile(in: folder.appending(path: "train"))
    let validates = training.figureNames.contains { $0.hasPrefix("val_") }
    validation = validates ? try EventFile(in: folder.appending(path: "validation")) : nil
  }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    guard updateFrequency.isDue(after: progress.trainingStep) else { return }
    let figures = try await training.currentFigures()
    for name in training.figureNames {
      guard let value = figures[name] else { continue }
      train?.add(.scalar(value), tag: "batch_" + name, step: progress.trainingStep)
    }
    try train?.flush()
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let step = report.epoch - 1
    for name in training.figureNames {
      guard let value = report.figures[name] else { continue }
      if name.hasPrefix("val_") {
        validation?.add(.scalar(value), tag: "epoch_" + name.dropFirst(4), step: step)
      } else {
        train?.add(.scalar(value), tag: "epoch_" + name, step: step)
      }
    }
    train?.add(
      .scalar(try await training.learningRate()), tag: "epoch_learning_rate", step: step)
    if histogramFrequency > 0, step.isMultiple(of: histogramFrequency) {
      for (path, weight) in try await training.currentWeights().sorted(by: { $0.key < $1.key }) {
        let values = try weight.converted(to: .float32).array(of: Float.self)
        train?.add(.histogram(values, buckets: 30), tag: path + "/histogram", step: step)
      }
    }
    try train?.flush()
    try validation?.flush()
  }
}

extension Callback where Self == TensorBoard {
  /// Writes figures for TensorBoard below a folder.
  public static func tensorBoard(
    _ folder: String, histogramFrequency: Int = 0, updateFrequency: SaveFrequency = .epoch
  ) -> Self {
    .init(
      folder, histogramFrequency: histogramFrequency, updateFrequency: updateFrequency)
  }
}

/// An event file that grows.
private struct EventFile: Sendable {
  private let url: URL
  private var pending: [UInt8]

  /// Makes a file of a name of its own in a folder, which is made if missing.
  init(in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let process = ProcessInfo.processInfo
    let now = Date.now.timeIntervalSince1970
    let name = "events.out.tfevents.\(Int(now)).\(process.hostName).\(process.processIdentifier)"
    var number = 0
    func candidate() -> URL { folder.appending(path: "\(name).\(number).v2") }
    while FileManager.default.fileExists(atPath: candidate().path) { number += 1 }
    url = candidate()
    try Data().write(to: url, options: .withoutOverwriting)
    pending = EventRecord.version(wallTime: now)
    try flush()
  }

  mutating func add(_ value: EventRecord.Value, tag: String, step: Int) {
    pending += EventRecord.value(
      value, tag: tag, step: step, wallTime: Date.now.timeIntervalSince1970)
  }

  /// Appends what was added: readers take whole records only.
  mutating func flush() throws {
    let file = try FileHandle(forWritingTo: url)
    try file.seekToEnd()
    try file.write(contentsOf: Data(pending))
    try file.close()
    pending = []
  }
}
