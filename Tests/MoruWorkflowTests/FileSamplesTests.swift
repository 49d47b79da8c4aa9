import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors
import MoruTracking
import MoruTraining
import MoruWorkflow
import Testing

/// 90 pictures of 12 × 12 pixels of which every third is bright at the top, and trainings on them that
/// keep them in memory or in their files.
private struct Trainings {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    var table = "file,label\n"
    for index in 0..<90 {
      let isUpper = index % 3 == 0
      let pixels = (0..<144).map { place in
        UInt8((place / 72 == (isUpper ? 0 : 1) ? 150 : 20) + (place * 7 + index * 31) % 90)
      }
      let name = "pictures/\(isUpper ? "upper" : "lower")/\(index).png"
      let url = URL(filePath: folder.path(name))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try ImageFile.pngData(HostTensor(pixels, shape: [12, 12, 1])).write(to: url)
      table += "\(isUpper ? "upper" : "lower")/\(index).png,\(isUpper ? "a|b" : "b")\n"
    }
    try folder.write("labels.csv", table)
  }

  func run(
    inFiles: Bool, data: String = "", model: String? = nil, training: String = ""
  ) async throws -> TrainingRun {
    let model =
      model
      ?? "layers: [Normalization, {kind: Conv2D, filters: 3, kernelSize: 3}, Flatten, "
      + "{kind: Dropout, rate: 0.2}, {kind: Dense, units: 2, activation: softmax}]"
    try folder.write(
      "config.yaml",
      """
      name: halves
      data: {path: pictures, validation: 0.2\(data)\(inFiles ? ", memoryMebibytes: 0" : "")}
      model: {\(model)}
      training:
        epochs: 3
        batchSize: 8
        optimizer: {kind: adam, learningRate: 0.01}
        loss: sparseCategoricalCrossentropy
        \(training)
      """)
    let configuration = try TrainingConfiguration.load(folder.path("config.yaml"))
    let run = try TrainingRun(
      configuration, bases: try await configuration.bases { throw WorkflowError.noBase })
    #expect((run.data.train.data == nil) == inFiles)
    return run
  }

  func outcome(of run: TrainingRun) async throws -> TrainingOutcome {
    let workspace = try Workspace(creatingAt: URL(filePath: folder.path("workspace")))
    return try await run.run(
      in: workspace, recordedBy: SQLiteRunStore(workspace), registeredBy: nil)
  }

  /// What comes of a training must not depend on where samples are kept.
  func check(
    data: String = "", model: String? = nil, training: String = ""
  ) async throws -> TrainedModel {
    let first = try await outcome(
      of: run(inFiles: false, data: data, model: model, training: training))
    let second = try await outcome(
      of: run(inFiles: true, data: data, model: model, training: training))
    let (one, other) = (first.candidate.model, second.candidate.model)
    #expect(one.weights == other.weights)
    #expect(one.signature == other.signature)
    #expect(one.training?.epochs.map(\.figures) == other.training?.epochs.map(\.figures))
    #expect(first.verdict.answers == second.verdict.answers)
    #expect(abs(first.verdict.loss - second.verdict.loss) < 1e-6)
    // Both looked at the same test set.
    #expect(second.testReads.count == first.testReads.count + 1)
    return other
  }
}

@Suite("Training on pictures in files") struct FileSamplesTests {
  @Test(
    "comes to what it comes to in memory",
    arguments: [
      "", "balance: over", "balance: under", "balance: none", "classWeight: {upper: 2}",
      "augmentation: [horizontalFlip, translate]",
    ])
  func likeMemory(training: String) async throws {
    _ = try await Trainings().check(training: training)
  }

  @Test("has the field's ratio in its test part, and sizes that pictures are brought to")
  func fieldRatio() async throws {
    let model = try await Trainings().check(
      data: ", fieldRatio: {upper: 0.1}, imageSize: 8, damaged: skip")
    #expect(model.signature.inputs[0].shape == [8, 8, 1])
  }

  @Test("takes pictures into memory where new ones are made between them")
  func smote() async throws {
    let run = try await Trainings().run(inFiles: true, training: "balance: smote")
    #expect(run.balancing.train.data != nil && run.balancing.validation?.data == nil)
    #expect(run.balancing.train.classCounts.map(Set.init)?.count == 1)
  }

  @Test("has labels in a table, of which a picture may have several")
  func labels() async throws {
    let trainings = try Trainings()
    let labels = ", labelFile: labels.csv, target: label"
    let model = try await trainings.check(data: labels)
    #expect(model.signature.outputs[0].classLabels == ["a|b", "b"])
    let report = try await trainings.run(inFiles: false, data: labels).data.report
    #expect(report.classes.map(\.label) == ["a|b", "b"])
    #expect(report.classes.map(\.count) == [30, 60])
    #expect(try await trainings.run(inFiles: true, data: labels).data.report == report)
    let sets = labels + ", labelSeparator: \"|\""
    let (one, other) = (
      try await trainings.run(inFiles: false, data: sets).data,
      try await trainings.run(inFiles: true, data: sets).data
    )
    #expect(other.train.targets.first?.labels == ["a", "b"])
    #expect(one.report == other.report && one.report.classes.isEmpty)
    #expect(try one.train.data == other.train.loaded())
    #expect(try one.test.contentHash() == other.test.contentHash())
  }

  @Test(
    "learns on a base",
    arguments: [
      "base: base.moru", "base: base.moru, similarity: estimate",
      "base: base.moru, fineTune: {blocks: 1, epochs: 2}", "base: base.moru, freeze: false",
    ])
  func transfer(model: String) async throws {
    let trainings = try Trainings()
    let start = Input([12, 12, 1], dtype: .uint8)
    var x = Rescaling(1 / 255.0)(start)
    for filters in [4, 6] {
      x = Conv2D(filters, kernel: 3, strides: 2, activation: .relu, name: "conv\(filters)")(x)
    }
    let network = try Model(
      inputs: start, outputs: Dense(5, activation: .softmax, name: "top")(Flatten()(x)))
    let values = try network.declaration(inputs: network.inputs).initialValues(seed: 4)
    try TrainedModel(network, weights: values).save(trainings.folder.path("base.moru"))
    _ = try await trainings.check(model: model, training: "metrics: [accuracy]")
  }

  @Test("is judged in files as in memory")
  func evaluation() async throws {
    let trainings = try Trainings()
    let model = try await trainings.outcome(of: trainings.run(inFiles: false)).candidate.model
    let url = URL(filePath: trainings.folder.path("pictures"))
    let files = try SampleSet.forEvaluation(of: model, at: url, memoryBytes: 0)
    let data = try Dataset.forEvaluation(of: model, at: url)
    #expect(files.data == nil && files.count == 90)
    #expect(try files.contentHash() == data.contentHash)
    #expect(try SampleSet.forEvaluation(of: model, at: url).data == data)
    let (one, other) = (
      try await Verdict(of: model, named: "m", on: files, seed: 1),
      try await Verdict(of: model, named: "m", on: data, seed: 1)
    )
    #expect(one == other)
  }

  @Test("needs no less than no memory")
  func settings() async throws {
    let error = await #expect(throws: WorkflowError.self) {
      try await Trainings().run(inFiles: false, data: ", memoryMebibytes: -1")
    }
    #expect("\(try #require(error))".contains("at least 0, not -1"))
  }
}
