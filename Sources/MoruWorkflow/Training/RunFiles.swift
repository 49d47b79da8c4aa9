internal import Foundation
internal import MoruArchive
internal import MoruMetrics
internal import MoruModels
internal import MoruReport

/// The files of a run: kept in the workspace by checksum, and copied to `runs/RUN/` for people.
struct RunFiles {
  let run: RunID
  let workspace: Workspace
  let store: any RunStore
  /// The names of what was written, in order.
  private(set) var names: [String] = []

  init(run: RunID, workspace: Workspace, store: any RunStore) {
    self.run = run
    self.workspace = workspace
    self.store = store
  }

  /// `WORKSPACE/runs/RUN`
  var folder: URL { workspace.folder.appending(path: "runs").appending(path: run.rawValue) }

  /// Writes the curves, the confusion matrix if there are classes, and the configuration.
  ///
  /// - Throws: `ArchiveError` if a file cannot be written.
  mutating func write(
    _ candidate: TrainedCandidate, _ verdict: Verdict, _ configuration: TrainingConfiguration
  ) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try await write("configuration.yaml", configuration.yaml())
    try await write("curves.svg", Self.curves(candidate).svg())
    guard case .classes(let matrix, _) = verdict.result else { return }
    let chart = ConfusionMatrixChart(title: "\(candidate.name) on test data", matrix: matrix)
    try await write("confusion.svg", chart.svg())
  }

  private mutating func write(_ name: String, _ text: String) async throws {
    let data = Data(text.utf8)
    let checksum = try workspace.storeArtifact(data)
    try await store.attach(RunArtifact(name: name, checksum: checksum), to: run)
    try AtomicFile.write(data, to: folder.appending(path: name))
    names.append(name)
  }

  private static func curves(_ candidate: TrainedCandidate) -> TrainingCurves {
    let record = candidate.model.training
    let epochs = record?.epochs ?? []
    let metrics = ["loss"] + (record?.objective.parts.flatMap(\.metrics).map(\.name) ?? [])
    func values(_ name: String) -> [Double] { epochs.compactMap { $0.figures[name] } }
    return TrainingCurves(
      title: candidate.name,
      panels: metrics.map {
        TrainingCurves.Panel(metric: $0, training: values($0), validation: values("val_" + $0))
      },
      bestEpoch: record?.keptEpoch)
  }
}
