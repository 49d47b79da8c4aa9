internal import MoruArchive
internal import MoruTensors
internal import MoruTraining

/// Writes each epoch's figures to a run as soon as they are known, those of epochs before an
/// interruption too.
struct EpochRecorder: Callback {
  let store: any RunStore
  let run: RunID
  /// What stands before the figures' names: `mlp/` where there are several candidates.
  let prefix: String
  /// What the training came to in all of its epochs.
  private var points: [MetricPoint] = []
  /// How many of them the run has.
  private var recordedCount = 0

  init(store: any RunStore, run: RunID, prefix: String) {
    self.store = store
    self.run = run
    self.prefix = prefix
  }

  /// Figures by `EPOCH/NAME`.
  var memory: [String: HostTensor] {
    get {
      Dictionary(
        points.map { ("\($0.step)/\($0.name)", HostTensor($0.value)) }, uniquingKeysWith: { $1 })
    }
    set {
      points = newValue.compactMap { key, value in
        let parts = key.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let epoch = Int(parts[0]),
          let number = try? value.array(of: Double.self).first
        else { return nil }
        return MetricPoint(String(parts[1]), step: epoch, value: number)
      }.sorted { ($0.step, $0.name) < ($1.step, $1.name) }
    }
  }

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    var figures = report.figures.merging(["seconds": report.seconds]) { first, _ in first }
    figures["data_seconds"] = report.dataSeconds
    points += figures.sorted { $0.key < $1.key }.map {
      MetricPoint(prefix + $0.key, step: report.epoch, value: $0.value)
    }
    try await record()
  }

  /// A training that had ended already has no further epoch.
  mutating func trainingEnded(_ training: TrainingControl) async throws { try await record() }

  private mutating func record() async throws {
    try await store.append(Array(points[recordedCount...]), to: run)
    recordedCount = points.count
  }
}
