import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruMetrics
import MoruOptimizers
import MoruTraining
import MoruWorkflow
import Testing

/// The repository's root.
private let root = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

private func read(_ path: String) throws -> String {
  try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

/// The fenced blocks of one language in a page.
private func blocks(of language: String, in text: String) -> [String] {
  text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
    $0.components(separatedBy: "\n```").first
  }
}

@Test(arguments: [
  ("README.md", "Examples/Quickstart/Quickstart.swift"),
  ("docs/server.md", "Examples/Server/Server.swift"),
  ("docs/training.md", "Examples/Training/Training.swift"),
  ("docs/pipeline.md", "Examples/Pipeline/Pipeline.swift"),
  ("docs/evaluation.md", "Examples/Evaluation/Evaluation.swift"),
  ("docs/inside.md", "Examples/Inside/Inside.swift"),
  ("docs/models.md", "Examples/Models/Models.swift"),
  ("docs/text.md", "Examples/Text/Text.swift"),
  ("docs/sources.md", "Examples/Sources/Sources.swift"),
  ("docs/splits.md", "Examples/Splits/Splits.swift"),
  ("docs/learners.md", "Examples/Learners/Learners.swift"),
  ("docs/clustering.md", "Examples/Clusters/main.swift"),
  ("docs/interop.md", "Examples/Interop/Interop.swift"),
  ("docs/onnx.md", "Examples/Interop/Interop.swift"),
  ("docs/zoo.md", "Examples/Zoo/Zoo.swift"),
  ("docs/generative.md", "Examples/Generative/Generative.swift"),
  ("docs/forecasting.md", "Examples/Forecasting/Forecasting.swift"),
  ("docs/transfer.md", "Examples/Transfer/Transfer.swift"),
  ("docs/compression.md", "Examples/Compression/Compression.swift"),
  ("docs/anomaly.md", "Examples/Anomaly/Anomaly.swift"),
])
func samplesInSwiftArePartsOfProgramsThatAreCompiled(page: String, program: String) throws {
  let samples = blocks(of: "swift", in: try read(page))
  let compiled = try read(program)
  #expect(!samples.isEmpty)
  for sample in samples { #expect(compiled.contains(sample)) }
}

@Test(arguments: [
  "docs/configuration.md", "docs/pipeline.md", "docs/splits.md", "docs/text.md",
  "docs/transfer.md",
])
func samplesOfConfigurationsAreUnderstood(page: String) throws {
  let samples = blocks(of: "yaml", in: try read(page))
  #expect(!samples.isEmpty)
  for sample in samples {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
    try sample.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(throws: Never.self) { try TrainingConfiguration.load(file.path) }
  }
}

@Test func thePageOfTrainingNamesEveryCallback() throws {
  let page = try read("docs/training.md")
  let missing = callbackCatalog.map { "\($0)" }.filter { !page.contains("`\($0)`") }
  #expect(missing.sorted() == [])
  let folder = root.appending(path: "Sources/MoruTraining/Callbacks").path
  let files = try FileManager.default.contentsOfDirectory(atPath: folder)
  #expect(files.sorted() == callbackCatalog.map { "\($0).swift" }.sorted())
}

@Test func thePageOfPipelinesNamesEveryAugmentation() throws {
  let page = try read("docs/pipeline.md")
  let missing = augmentationCatalog.map { type(of: $0).kind }.filter { !page.contains("`\($0)`") }
  #expect(missing == [])
}

@Test func everyLinkInThePagesLeadsToAFile() throws {
  let pages =
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Examples/README.md"]
    + (try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path))
    .filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
  let link = /(?:\]\(|src=")([^)#"\s]+)/
  for page in pages {
    let folder = root.appending(path: page).deletingLastPathComponent()
    // What looks like a link in a sample is code.
    let text = try read(page).replacing(/(?s)```.*?\n```/, with: "")
    for match in text.matches(of: link) where !match.1.contains("://") {
      let target = folder.appending(path: String(match.1))
      #expect(FileManager.default.fileExists(atPath: target.path), "\(page): \(match.1)")
    }
  }
}

@Test func thePageOfConfigurationsNamesEveryPart() throws {
  let page = try read("docs/configuration.md")
  let parts =
    Array(LayerCatalog.standard.kinds.keys) + lossCatalog.map { type(of: $0).kind }
    + optimizerCatalog.map { type(of: $0).kind } + scheduleCatalog.map { type(of: $0).kind }
    + initializerCatalog.map { type(of: $0).kind } + regularizerCatalog.map { type(of: $0).kind }
    + constraintCatalog.map { type(of: $0).kind } + metricCatalog.map { type(of: $0).kind }
    + ActivationFunction.allCases.map(\.rawValue)
  let missing = parts.filter { !page.contains("`\($0)`") && !page.contains("kind: \($0)") }
  #expect(missing.sorted() == [])
}
