import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruInterop
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTracking
import MoruTraining
import MoruWorkflow
import MoruZoo
import Testing

/// 60 pictures of 32 × 32 pixels, the upper or the lower half of which is bright, and what learns on
/// them.
private struct Pictures {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    for index in 0..<60 {
      let isUpper = index % 2 == 0
      let pixels = (0..<32 * 32).map { place in
        UInt8((place / 512 == (isUpper ? 0 : 1) ? 180 : 20) + (place * 7 + index * 31) % 60)
      }
      let url = URL(filePath: folder.path("pictures/\(isUpper ? "upper" : "lower")/\(index).png"))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try ImageFile.pngData(HostTensor(pixels, shape: [32, 32, 1])).write(to: url)
    }
  }

  /// A small network that nobody trained, whose features tell the halves apart nevertheless.
  func saveBase(_ name: String) throws {
    let start = Input([32, 32, 1], dtype: .uint8)
    var x = Rescaling(1 / 255.0)(start)
    for filters in [4, 8] {
      x = Conv2D(filters, kernel: 3, strides: 4, activation: .relu, name: "conv\(filters)")(x)
      x = BatchNormalization(name: "bn\(filters)")(x)
    }
    let network = try Model(
      inputs: start, outputs: Dense(5, activation: .softmax, name: "top")(Flatten()(x)))
    let values = try network.declaration(inputs: network.inputs).initialValues(seed: 4)
    try TrainedModel(network, weights: values).save(folder.path(name))
  }

  func configuration(_ model: String, training: String = "") throws -> TrainingConfiguration {
    try folder.write(
      "config.yaml",
      """
      name: halves
      data: {path: pictures, test: 0.3}
      model:
      \(model.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      training:
        epochs: 12
        optimizer: {kind: adam, learningRate: 0.02}
        loss: sparseCategoricalCrossentropy
        metrics: [accuracy]
        \(training)
      """)
    return try TrainingConfiguration.load(folder.path("config.yaml"))
  }

  /// Trains, and returns what came of it and what was told on the way.
  func train(
    _ configuration: TrainingConfiguration
  ) async throws -> (outcome: TrainingOutcome, reasons: [String?]) {
    let workspace = try Workspace(creatingAt: URL(filePath: folder.path("workspace")))
    let store = try SQLiteRunStore(workspace)
    var reasons: [String?] = []
    let run = try TrainingRun(configuration, bases: try await configuration.bases { store })
    let outcome = try await run.run(
      in: workspace, recordedBy: store, registeredBy: "tester",
      observe: { if case .transfer(_, _, let reason) = $0 { reasons.append(reason) } })
    return (outcome, reasons)
  }
}

@Suite("Training on a base") struct TransferRunTests {
  @Test("a head is trained on a package, its last blocks tuned, and one model registered")
  func package() async throws {
    let pictures = try Pictures()
    try pictures.saveBase("base.moru")
    let configuration = try pictures.configuration(
      """
      base: base.moru
      fineTune: {blocks: 1, epochs: 3, optimizer: {kind: adam, learningRate: 0.001}, rateDecay: 2}
      """)
    let (outcome, reasons) = try await pictures.train(configuration)
    let model = outcome.candidate.model
    #expect(reasons == [nil])
    #expect(model.training?.epochs.map(\.number) == Array(1...15))
    let base = try TrainedModel.load(pictures.folder.path("base.moru")).weights
    #expect(model.weights["base/conv4/kernel"] == base["conv4/kernel"])
    #expect(model.weights["base/conv8/kernel"] != base["conv8/kernel"])
    #expect(model.weights["base/bn8/moving_mean"] == base["bn8/moving_mean"])
    #expect(outcome.version?.number == 1)

    // Read back from what --show-config prints; and the registered model as the next one's base.
    try pictures.folder.write("shown.yaml", configuration.yaml())
    let shown = try TrainingConfiguration.load(pictures.folder.path("shown.yaml"))
    #expect(try shown.yaml() == configuration.yaml())
    let next = try pictures.configuration("base: halves:1\nsimilarity: estimate")
    let (second, told) = try await pictures.train(next)
    let reason = try #require(told.first ?? nil)
    #expect(reason.contains("Nearest neighbours by the base's features tell"))
    #expect(reason.contains("samples of 2 classes are few"))
    #expect(second.candidate.model.weights.keys.contains { $0.hasPrefix("base/base/conv") })
  }

  @Test("files of other frameworks are bases", arguments: ["onnx", "keras"])
  func foreign(format: String) async throws {
    let pictures = try Pictures()
    try pictures.saveBase("base.moru")
    let own = try TrainedModel.load(pictures.folder.path("base.moru"))
    try ModelFile.write(own, to: URL(filePath: pictures.folder.path("base.\(format)")))
    let path = format == "onnx" ? "base/network/conv4/kernel" : "base/conv4/kernel"
    let (outcome, _) = try await pictures.train(pictures.configuration("base: base.\(format)"))
    let model = outcome.candidate.model
    #expect(model.weights[path] == own.weights["conv4/kernel"])
    #expect(!model.weights.keys.contains { $0.contains("top") })

    let configuration = try pictures.configuration(
      """
      base: {file: base.\(format), brightest: 255}
      fineTune: {blocks: all, epochs: 2}
      """)
    try pictures.folder.write("shown.yaml", configuration.yaml())
    let shown = try TrainingConfiguration.load(pictures.folder.path("shown.yaml"))
    #expect(try shown.yaml() == configuration.yaml())
    let (tuned, _) = try await pictures.train(shown)
    #expect(tuned.candidate.model.weights[path] != own.weights["conv4/kernel"])
  }

  @Test("a stated white needs a base that takes pictures", arguments: ["onnx", "keras"])
  func brightest(format: String) async throws {
    let pictures = try Pictures()
    let start = Input([4])
    let network = try Model(inputs: start, outputs: Dense(2)(Dense(3)(start)))
    let values = try network.declaration(inputs: network.inputs).initialValues(seed: 1)
    let own = try TrainedModel(network, weights: values)
    try ModelFile.write(own, to: URL(filePath: pictures.folder.path("numbers.\(format)")))
    let silent = try pictures.configuration("base: {file: numbers.\(format)}")
    let bases = try await silent.bases { throw WorkflowError.noBase }
    #expect(bases["halves"]?.signature.inputs[0].shape == [4])
    let stated = try pictures.configuration("base: {file: numbers.\(format), brightest: 1}")
    let error = await #expect(throws: WorkflowError.self) {
      try await stated.bases { throw WorkflowError.noBase }
    }
    #expect("\(try #require(error))".contains("brightest cannot be used: no input is a picture"))
  }

  @Test("a base that is not frozen is trained as a whole, with layers of one's own")
  func thawed() async throws {
    let pictures = try Pictures()
    try pictures.saveBase("base.moru")
    let (outcome, _) = try await pictures.train(
      pictures.configuration(
        """
        base: base.moru
        freeze: false
        layers: [{kind: Dense, units: 4, activation: relu}, {kind: Dense, units: 2, activation: softmax}]
        """))
    let model = outcome.candidate.model
    let base = try TrainedModel.load(pictures.folder.path("base.moru")).weights
    #expect(model.weights["base/conv4/kernel"] != base["conv4/kernel"])
    #expect(model.weights["base/bn4/moving_mean"] == base["bn4/moving_mean"])
    #expect(model.training?.epochs.count == 12)
  }

  @Test("a known network takes its weights from a file, without its top")
  func network() async throws {
    let pictures = try Pictures()
    let full = try Architecture.leNet5()
    let values = try full.declaration(inputs: full.inputs).initialValues(seed: 2)
    try SafeTensors.write(values, to: URL(filePath: pictures.folder.path("lenet.safetensors")))
    let (outcome, _) = try await pictures.train(
      pictures.configuration("base: {network: lenet5, weights: lenet.safetensors}"))
    let paths = outcome.candidate.model.weights.keys
    #expect(paths.contains { $0.hasPrefix("base/") } && paths.contains("predictions/kernel"))
  }

  @Test(
    "what does not go together is refused with its place",
    arguments: [
      ("freeze: true\nlayers: [Flatten]", "model: freeze must be left out without a \"base\"."),
      ("base: b.moru\nfreeze: false\nfineTune: {blocks: 1}", "left out beside freeze: false"),
      ("base: b.moru\nsimilarity: similar\nfineTune: {blocks: 1}", "which decides it"),
      ("base: b.moru\nsimilarity: simlar", "Did you mean \"similar\"?"),
      ("base: b.moru\nfineTune: {blocks: 0}", "a whole number of at least 1, not 0"),
      ("base: b.moru\nfineTune: {blocks: some}", "blocks"),
      ("base: {network: LeNet5}", "\"weights\" is missing. Add it."),
      ("base: b.moru\nfinetune: {blocks: 1}", "Did you mean \"fineTune\"?"),
    ])
  func refusals(model: String, message: String) throws {
    let error = #expect(throws: WorkflowError.self) { try Pictures().configuration(model) }
    let text = "\(try #require(error))"
    #expect(text.contains(message), "\(text)")
    #expect(text.contains("config.yaml:"), "\(text)")
  }

  @Test("a base that is not there, is not known, or does not take the pictures says so")
  func missing() async throws {
    let pictures = try Pictures()
    func refusal(_ model: String) async throws -> String {
      let error = await #expect(throws: (any Error).self) {
        try await pictures.train(pictures.configuration(model))
      }
      return "\(try #require(error))"
    }
    for name in ["nobody", "no.moru", "no.keras", "no.onnx"] {
      let text = try await refusal("base: \(name)")
      #expect(text.contains("config.yaml:4:9: the base cannot be read: "), "\(text)")
      #expect(text.contains(name), "\(text)")
    }
    #expect(
      try await refusal("base: {file: no.onnx, brightest: 0}").contains("brightest"))
    #expect(
      try await refusal("base: {file: no.onnx, network: LeNet5}").contains("left out beside a file")
    )
    #expect(
      try await refusal("base: {brightest: 1}").contains("left out without a file"))
    try SafeTensors.write(
      ["a": HostTensor([1] as [Float])], to: URL(filePath: pictures.folder.path("a.safetensors")))
    #expect(
      try await refusal("base: {network: ResNet5, weights: a.safetensors}")
        .contains("Did you mean \"ResNet50\"?"))
    #expect(
      try await refusal("base: {network: LeNet5, weights: a.safetensors}").contains("has no value"))
    try pictures.saveBase("base.moru")
    #expect(
      try await refusal("base: base.moru\nfeatures: conv9").contains(
        "has no layer \"conv9\". Did you mean \"conv"))
    #expect(
      try await refusal("base: base.moru\nfineTune: {blocks: 3}")
        .contains("3 of the base's blocks cannot be taken. It has 2: choose from 1 to 2."))
    #expect(
      try await refusal("base: base.moru\nlayers: [{kind: Conv2D, filters: 2, kernelSize: 3}]")
        .contains("candidate \"halves\""))
    let backup = #expect(throws: WorkflowError.self) {
      try pictures.configuration(
        "base: base.moru", training: "backupAndRestore: {folder: backups}")
    }
    #expect("\(try #require(backup))".contains("left out beside a \"base\""))
  }
}
