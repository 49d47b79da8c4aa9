import Foundation
import MoruArchive
import MoruTracking
import Testing

private let lineage = Lineage(
  dataChecksum: Checksum(of: Data("digits".utf8)), seed: .max, codeVersion: "0.1.0")
private let parameters: [String: ParameterValue] = [
  "optimizer": .text("adam"), "epochs": .integer(5), "learningRate": .number(1e-3),
  "decay": .number(1), "limit": .number(.infinity), "shuffle": .boolean(true), "이름": .text(""),
]

@Test func aRunKeepsWhatItWasStartedWith() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let started = try await store.startRun(name: "mlp", parameters: parameters, lineage: lineage)
  #expect(started.status == .running)
  #expect(started.id.rawValue.hasPrefix("20261121-040312-"))
  #expect(started.startedAt == Date(timeIntervalSince1970: 1_795_233_792))
  #expect(started.endedAt == nil)
  let ended = try await store.endRun(started.id, failure: nil)
  #expect(ended.status == .finished)
  #expect(ended.endedAt == Date(timeIntervalSince1970: 1_795_233_793))
  let other = try temporary.store()
  let found = try await other.run(started.id)
  #expect(found == ended)
  #expect(found.parameters == parameters)
  #expect(found.lineage == lineage)
}

@Test func metricsAreKeptByNameAndStep() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
  try await store.append(
    [MetricPoint("loss", step: 1, value: 0.25), MetricPoint("loss", step: 0, value: 2.5)],
    to: run.id)
  try await store.append(
    [
      MetricPoint("accuracy", step: 0, value: -.infinity), MetricPoint("loss", step: 1, value: 0.5),
    ],
    to: run.id)
  #expect(
    try await store.metrics(of: run.id) == [
      MetricPoint("accuracy", step: 0, value: -.infinity), MetricPoint("loss", step: 0, value: 2.5),
      MetricPoint("loss", step: 1, value: 0.5),
    ])
  try await store.append([MetricPoint("nan", step: 7, value: .nan)], to: run.id)
  let last = try #require(try await store.metrics(of: run.id).last)
  #expect(last.step == 7 && last.value.isNaN)
}

@Test func artifactsAreNamedByTheRun() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
  for text in ["<svg/>", "<svg></svg>"] {
    let checksum = try temporary.workspace.storeArtifact(Data(text.utf8))
    try await store.attach(RunArtifact(name: "curve.svg", checksum: checksum), to: run.id)
  }
  let artifact = try #require(try await store.artifacts(of: run.id).first)
  #expect(try temporary.workspace.loadArtifact(artifact.checksum) == Data("<svg></svg>".utf8))
}

@Test func aRunThatEndedTakesNothingMore() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
  let failed = try await store.endRun(run.id, failure: "the loss is not a number")
  #expect(failed.failure == "the loss is not a number")
  let error = await #expect(throws: ArchiveError.self) {
    try await store.append([MetricPoint("loss", step: 0, value: 1)], to: run.id)
  }
  #expect(
    error?.description
      == "Cannot add metrics to run \(run.id): it is failed. Start a new run.")
  await #expect(throws: ArchiveError.self) { try await store.endRun(run.id, failure: nil) }
  #expect(try await store.metrics(of: run.id).isEmpty)
}

@Test func aRunWhoseStoreIsGoneIsInterruptedAndCanBeResumed() async throws {
  let temporary = try TemporaryWorkspace()
  var first: SQLiteRunStore? = try temporary.store()
  let run = try #require(
    try await first?.startRun(name: "mlp", parameters: parameters, lineage: lineage))
  try await first?.append([MetricPoint("loss", step: 0, value: 1)], to: run.id)
  let second = try temporary.store()
  #expect(try await second.run(run.id).status == .running)
  await #expect(
    throws: ArchiveError.runState(id: run.id.rawValue, status: .running, action: "resume")
  ) { try await second.resumeRun(run.id) }

  first = nil
  #expect(try await second.runs().map(\.status) == [.interrupted])
  await #expect(throws: ArchiveError.self) { try await second.endRun(run.id, failure: nil) }
  let resumed = try await second.resumeRun(run.id)
  #expect(resumed == run)
  #expect(try await second.metrics(of: run.id).count == 1)
  #expect(try await second.endRun(run.id, failure: nil).status == .finished)
  await #expect(throws: ArchiveError.self) { try await second.resumeRun(run.id) }
}

@Test func anUnknownRunIsAnsweredWithTheNearest() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
  let mistyped = String(run.id.rawValue.dropLast()) + "-"
  let error = await #expect(throws: ArchiveError.self) {
    try await store.run(RunID(rawValue: mistyped))
  }
  #expect(
    error?.description == "There is no run '\(mistyped)'; did you mean '\(run.id)'? "
      + "`moru runs list` shows all.")
}

@Test func theNewestRunComesFirst() async throws {
  let temporary = try TemporaryWorkspace()
  let store = try temporary.store()
  var ids: [RunID] = []
  for name in ["a", "b", "c"] {
    ids.append(try await store.startRun(name: name, parameters: [:], lineage: Lineage()).id)
  }
  #expect(try await store.runs().map(\.id) == ids.reversed())
}

/// A process that is killed while it trains and registers leaves a workspace that works: each
/// metric step is there wholly or not at all, each listed version complete.
@Test(arguments: [5, 20, 60, 120])
func aKilledProcessLeavesAReadableWorkspace(milliseconds: Int) async throws {
  let temporary = try TemporaryWorkspace()
  let path = temporary.folder.path
  await #expect(processExitsWith: .signal(SIGKILL)) {
    [path = path as String, milliseconds = milliseconds as Int] in
    let store = try SQLiteRunStore(Workspace(creatingAt: URL(filePath: path)))
    let run = try await store.startRun(name: "mlp", parameters: [:], lineage: Lineage())
    Thread.detachNewThread {
      usleep(UInt32(milliseconds) * 1000)
      kill(getpid(), SIGKILL)
    }
    for step in 0... {
      let points = ["loss", "accuracy"].map { MetricPoint($0, step: step, value: 1) }
      try await store.append(points, to: run.id)
      _ = try await store.register(
        SafeName("digits"), run: run.id, signature: Signature(by: "child", because: "test"),
        writePackage: writePackage("\(step)"))
    }
  }
  let store = try SQLiteRunStore(temporary.workspace)
  let run = try #require(try await store.runs().first)
  #expect(run.status == .interrupted)
  #expect(try await store.metrics(of: run.id).count.isMultiple(of: 2))
  let before = try await store.models().isEmpty ? 0 : store.versions(of: SafeName("digits")).count
  let stray = try await store.strayPackages().count
  #expect(stray <= 1)
  let version = try await store.register(
    SafeName("digits"), run: run.id, signature: mina(), writePackage: writePackage("after"))
  #expect(version.number == before + stray + 1, "the number of a stray folder is passed over")
  for version in try await store.versions(of: SafeName("digits")) { try version.verify() }
  #expect(try await store.auditTrail(of: SafeName("digits")).count == before + 1)
  let hidden = try FileManager.default.contentsOfDirectory(
    atPath: temporary.workspace.models.path)
  #expect(hidden == ["digits"])
}
