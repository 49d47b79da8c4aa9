import Foundation
import MoruArchive
import MoruData
import MoruMetrics
import MoruModels
import MoruTensors
import MoruTracking
import MoruWorkflow
import Testing

/// 200 parts, one in ten of which is bad; bad ones are red, and `x` says nothing about it.
private func configuration(
  in folder: TestFolder, data: String = "", training: String = "", target: String = "state"
) throws -> TrainingConfiguration {
  let rows = (0..<200).map { row in
    "\(row * 7 % 11),\(["red", "blue"][row % 2]),\(row % 10 == 0 ? "bad" : "good"),\(row % 3)"
  }
  try folder.write("rows.csv", "x,colour,state,kind\n" + rows.joined(separator: "\n"))
  try folder.write(
    "config.yaml",
    """
    name: parts
    data:
      path: rows.csv
      target: \(target)
      features: [x, colour]
      validation: 0.2
      \(data)
    model:
      layers: [{kind: Dense, units: \(target == "state" ? 2 : 3), activation: softmax}]
    training:
      epochs: 30
      optimizer: {kind: adam, learningRate: 0.01}
      loss: sparseCategoricalCrossentropy
      \(training)
    """)
  return try TrainingConfiguration.load(folder.path("config.yaml"))
}

private func shares(_ samples: SampleSet?) throws -> [Double] {
  try #require(samples?.known.classShares)
}

private func isHalf(_ shares: [Double]) -> Bool { shares.allSatisfy { abs($0 - 0.5) < 1e-6 } }

@Test(arguments: ["weights", "over", "under", "smote", "automatic"])
func trainingAndValidationAreBalancedAlike(way: String) throws {
  let folder = try TestFolder()
  let run = try TrainingRun(configuration(in: folder, training: "balance: \(way)"))
  let balancing = run.balancing
  #expect(balancing.method.rawValue == (way == "automatic" ? "weights" : way))
  #expect(
    balancing.reason
      == (way == "automatic"
        ? "'good' has 108 samples and 'bad' 12" : "as asked for"))
  #expect(isHalf(try shares(balancing.train)))
  #expect(isHalf(try shares(balancing.validation)))
  #expect(balancing.sharesBefore.map(\.label) == ["bad", "good"])
  #expect(abs(balancing.sharesBefore[0].share - 0.1) < 1e-9)
  #expect(isHalf(balancing.sharesAfter.map(\.share)))
  // What the verdict is about stays as it was found.
  #expect(run.data.test.classCounts == [4, 36])
  #expect(run.data.test.known.resampledBy == nil && run.data.test.known.sampleWeights == nil)
}

@Test func theRatioOfTheDataIsKeptWhereAskedForOrWhereClassesAreBalanced() throws {
  let folder = try TestFolder()
  let none = try TrainingRun(configuration(in: folder, training: "balance: none")).balancing
  #expect(none.method == .none && none.reason == "as asked for")
  #expect(abs(try shares(none.train)[0] - 0.1) < 1e-6)
  let balanced = try TrainingRun(configuration(in: folder, target: "kind")).balancing
  #expect(balanced.method == .none)
  #expect(balanced.reason.hasPrefix("the classes are balanced: "))
  let weighted = try TrainingRun(configuration(in: folder, training: "classWeight: balanced"))
  #expect(weighted.balancing.method == .none)
  #expect(weighted.balancing.reason == "classWeight says how much each class counts")
}

@Test(arguments: [
  ("balance: over\n  classWeight: balanced", "left out beside \"classWeight\""),
  ("balance: cost", "given with \"costs\" beside it"),
  ("costs: {ugly: {good: 1}}", "There is no class named \"ugly\""),
  ("costs: {bad: {god: 1}}", "Did you mean \"good\"?"),
  ("balance: undr", "Did you mean \"under\"?"),
])
func balancesThatCannotBeAreRefused(training: String, says: String) throws {
  let folder = try TestFolder()
  let error = #expect(throws: WorkflowError.self) {
    try TrainingRun(configuration(in: folder, training: training))
  }
  #expect("\(error.map { "\($0)" } ?? "")".contains(says))
}

@Test(arguments: [
  ("fieldRatio: {ugly: 0.1}", "There is no class named \"ugly\""),
  ("fieldRatio: {bad: 0.7, good: 0.7}", "together at most 1"),
  ("fieldRatio: {bad: 0.7, good: 0.1}", "together 1"),
])
func fieldRatiosThatCannotBeAreRefused(data: String, says: String) throws {
  let folder = try TestFolder()
  let error = #expect(throws: WorkflowError.self) {
    try TrainingRun(configuration(in: folder, data: data))
  }
  #expect("\(error.map { "\($0)" } ?? "")".contains(says))
}

@Test func theTestPartHasTheFieldsRatioAndNothingIsLost() throws {
  let folder = try TestFolder()
  let run = try TrainingRun(configuration(in: folder, data: "fieldRatio: {bad: 0.05}"))
  // Four bad parts and 36 good ones were set aside; at one in twenty these are two beside 35.
  #expect(run.data.test.classCounts == [2, 35])
  #expect(run.data.train.count + (run.data.validation?.count ?? 0) + run.data.test.count == 200)
  #expect(run.balancing.correction?.field.values == [0.05, 0.95])
}

@Test(arguments: [("automatic", 0.1), ("over", 0.1), ("none", 0.1)])
func probabilitiesAreThoseOfTheField(way: String, wanted: Double) async throws {
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let store = try SQLiteRunStore(workspace)
  let run = try TrainingRun(
    configuration(
      in: folder, training: "balance: \(way)\n  costs: {bad: {good: 20}, good: {bad: 1}}"))
  let outcome = try await run.run(in: workspace, recordedBy: store, registeredBy: "tester")
  let version = try #require(outcome.version)
  let model = try ModelPackage.load(
    from: workspace.modelFolder(version.model, version: version.number))
  let input = run.data.test.known.features[0].values
  let answers = try await Predictor(model).predict([input])[0]
  let probabilities = try #require(try model.signature.outputs[0].probabilities(of: answers))
  let bad = probabilities.column(0)
  let mean = bad.reduce(0, +) / Double(bad.count)
  #expect(abs(mean - wanted) < 0.05, "\(mean)")
  // At these costs a part that is bad more than once in 21 is looked at again.
  let judged = try model.signature.outputs[0].judgements(answers)
  for (judgement, probability) in zip(judged, bad) {
    guard case .label(let label, _) = judgement else {
      Issue.record("\(judgement)")
      continue
    }
    #expect((label == "bad") == (probability > 1 / 21.0))
  }
  guard case .classes(let matrix, _) = outcome.verdict.result else {
    Issue.record("\(outcome.verdict.result)")
    return
  }
  #expect(matrix.counts[0] == [4, 0])
}

@Test func everyLookAtATestSetIsCounted() async throws {
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let store = try SQLiteRunStore(workspace)
  func outcome(_ training: String) async throws -> TrainingOutcome {
    try await TrainingRun(configuration(in: folder, training: training))
      .run(in: workspace, recordedBy: store, registeredBy: nil)
  }
  let first = try await outcome("")
  #expect(first.testReads.count == 1)
  #expect(first.testReads.text == "This test set is read for the first time.")
  let second = try await outcome("balance: none")
  #expect(second.testReads.reads.map(\.reader) == ["run \(first.run)", "run \(second.run)"])
  #expect(
    second.testReads.text
      == "This test set has been read once before, last by run \(first.run). "
      + "Choices that were made after a look make the verdict too hopeful: keep the count low.")
  // Another seed sets other samples aside.
  let other = try await outcome("seed: 5")
  #expect(other.testReads.count == 1)
  let figures = try await store.metrics(of: second.run)
  #expect(figures.first { $0.name == "test_reads" }?.value == 2)
  let test = try TrainingRun(configuration(in: folder)).data.test.contentHash()
  let third = try TestReads.record("an evaluation of parts:1", of: test, in: workspace)
  #expect(third.count == 3)
  let file = workspace.tests.appending(path: "\(test.hex).json")
  try Data("not JSON".utf8).write(to: file)
  #expect(throws: WorkflowError.self) {
    try TestReads.record("anybody", of: test, in: workspace)
  }
}

@Test func looksFromSeveralTasksAreAllCounted() async throws {
  let folder = try TestFolder()
  let workspace = try Workspace(creatingAt: folder.url.appending(path: "workspace"))
  let test = try TrainingRun(configuration(in: folder)).data.test.contentHash()
  try await withThrowingTaskGroup(of: Void.self) { group in
    for reader in 0..<8 {
      group.addTask { _ = try TestReads.record("reader \(reader)", of: test, in: workspace) }
    }
    try await group.waitForAll()
  }
  #expect(try TestReads.record("last", of: test, in: workspace).count == 9)
}
