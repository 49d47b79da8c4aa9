internal import MoruArchive
internal import MoruTraining

/// Writes each epoch's figures to a run as soon as they are known.
struct EpochRecorder: Callback {
  let store: any RunStore
  let run: RunID
  /// What stands before the figures' names: `mlp/` where there are several candidates.
  let prefix: String

  mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    let figures = report.figures.merging(["seconds": report.seconds]) { first, _ in first }
    try await store.append(
      figures.sorted { $0.key < $1.key }.map {
        MetricPoint(prefix + $0.key, step: report.epoch, value: $0.value)
      }, to: run)
  }
}
