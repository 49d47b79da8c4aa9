import Foundation
import MoruArchive
import MoruModels
import MoruTensors
import MoruTracking
import MoruTraining
import MoruWorkflow
import Testing

private func configuration(
  in folder: TestFolder, layers: String, training: String = ""
) throws -> TrainingConfiguration {
  let rows = (0..<60).map { "\($0 % 3),\($0 % 3 == 1 ? 1 : 0),\(["a", "b", "c"][$0 % 3])" }
  try folder.write("rows.csv", "x,y,kind\n" + rows.joined(separator: "\n"))
  try folder.write(
    "config.yaml",
    """
    name: letters
    data: {path: rows.csv, target: kind}
    model:
      layers: \(layers)
    training:
      epochs: 2
      loss: sparseCategoricalCrossentropy
      metrics: [accuracy]
      \(training)
    """)
  return try TrainingConfiguration.load(folder.path("config.yaml"))
}

@Test func layersThatDoNotFitTheDataAreRefusedBeforeTraining() throws {
  let folder = try TestFolder()
  let layers = "[{kind: Conv2D, filters: 2, kernelSize: 3}]"
  let error = #expect(throws: WorkflowError.self) {
    try TrainingRun(configuration(in: folder, layers: layers))
  }
  let text = "\(error.map { "\($0)" } ?? "")"
  #expect(text.contains("candidate \"letters\": conv2d (Conv2D"))
}

@Test(arguments: [
  ("classWeight: {d: 2}", ":9:20: There is no class named \"d\""),
  ("classWeight: {a: 2, bb: 1}", ":9:27: There is no class named \"bb\". Did you mean \"b\"?"),
])
func classWeightsNameClassesOfTheData(training: String, says: String) throws {
  let folder = try TestFolder()
  let layers = "[{kind: Dense, units: 3, activation: softmax}]"
  let error = #expect(throws: WorkflowError.self) {
    try TrainingRun(configuration(in: folder, layers: layers, training: training))
  }
  #expect("\(error.map { "\($0)" } ?? "")".contains(says))
}

@Test func aFailedTrainingIsARunThatSaysWhy() async throws {
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let store = try SQLiteRunStore(workspace)
  try folder.write("rows.csv", "x,y\n" + (0..<40).map { "\($0),\($0)" }.joined(separator: "\n"))
  try folder.write(
    "config.yaml",
    """
    name: rocket
    data: {path: rows.csv, target: y, task: regression}
    model: {layers: [{kind: Dense, units: 1}]}
    training: {optimizer: {kind: sgd, learningRate: 1.0e+6}, loss: meanSquaredError}
    """)
  let run = try TrainingRun(TrainingConfiguration.load(folder.path("config.yaml")))
  await #expect(throws: TrainingError.self) {
    try await run.run(in: workspace, recordedBy: store, registeredBy: "tester")
  }
  let recorded = try #require(try await store.runs().first)
  #expect(recorded.status == .failed)
  #expect(recorded.failure?.contains("NaN or infinite") == true)
  #expect(try await store.models().isEmpty)
}

@Test func aRunThatWasInterruptedGoesOnFromItsBackup() async throws {
  struct Interruption: Error {}
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let store = try SQLiteRunStore(workspace)
  let layers = "[{kind: Dense, units: 3, activation: softmax}]"
  func outcome(_ training: String, failsIn epoch: Int? = nil) async throws -> TrainingOutcome {
    let run = try TrainingRun(configuration(in: folder, layers: layers, training: training))
    return try await run.run(
      in: workspace, recordedBy: store, registeredBy: nil,
      callbacks: { _ in
        [LambdaCallback(onEpochBegan: { if $0 == epoch { throw Interruption() } else { _ = $1 } })]
      })
  }
  let whole = try await outcome("")
  let settings = "backupAndRestore: {folder: backups}\n  tensorBoard: {folder: logs}"
  await #expect(throws: Interruption.self) { try await outcome(settings, failsIn: 2) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(name)) }
  #expect(exists("backups/letters.backup") && exists("logs/letters/train"))
  let goneOn = try await outcome(settings)
  #expect(goneOn.candidate.model.weights == whole.candidate.model.weights)
  #expect(!exists("backups/letters.backup"))
  // The new run has the figures of the epochs before, too.
  let losses = try await store.metrics(of: goneOn.run).filter { $0.name == "loss" }
  #expect(losses.map(\.step) == [1, 2])
  #expect(
    losses.map(\.value)
      == (try await store.metrics(of: whole.run)).filter { $0.name == "loss" }.map(\.value))
}

@Test func aRunRecordsWhereItsModelComesFrom() async throws {
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let store = try SQLiteRunStore(workspace)
  let run = try TrainingRun(
    configuration(in: folder, layers: "[{kind: Dense, units: 3, activation: softmax}]"))
  let outcome = try await run.run(in: workspace, recordedBy: store, registeredBy: "tester")
  let recorded = try await store.run(outcome.run)
  #expect(recorded.status == .finished)
  #expect(recorded.lineage.seed == 0)
  #expect(recorded.lineage.dataChecksum == run.data.checksum)
  #expect(recorded.lineage.codeVersion == moruVersion)
  #expect(recorded.parameters["training_samples"] == .integer(48))
  #expect(
    try await store.artifacts(of: outcome.run).map(\.name)
      == ["configuration.yaml", "confusion.svg", "curves.svg"])
  let version = try #require(outcome.version)
  #expect(version.run == outcome.run)
  #expect(try await store.aliases(of: version.model).map(\.version) == [1])
  try version.verify()
}
