import Foundation
import MoruData
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

extension TestFolder {
  /// Writes `rows.csv` and a model of 4,612 weights that tells its classes apart.
  fileprivate func writeCompass(_ name: String) async throws {
    try writeTable(rows: 200)
    let rows = try Dataset.csv(at: url.appending(path: "rows.csv"), target: "kind")
    let network = Sequential {
      Dense(64, activation: .relu)
      Dense(64, activation: .relu)
      Dense(4, activation: .softmax)
    }
    try await network.fit(
      rows, epochs: 20, optimizer: Adam(learningRate: 1e-2),
      loss: .sparseCategoricalCrossentropy, seed: 1
    ).save(url.appending(path: name).path)
  }
}

@Test func aModelIsMadeSmallerWithinLimitsAndSaved() async throws {
  let folder = try TestFolder()
  try await folder.writeCompass("나침반.moru")

  let outcome = try await folder.run(
    "compress", "나침반.moru", "rows.csv", "--way", "int8", "--way", "channels", "--epochs", "0",
    "--max-drop", "0.3", "--test", "0.4", "-o", "작은.moru", "--json")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.contains("\"chosen\":\"channels"))
  #expect(outcome.errors.contains("judged on 80 samples"))
  let predicted = try await folder.run("predict", "작은.moru", "rows.csv")
  #expect(predicted.output.contains("rows.csv:2"))

  // What is judged on is another file, and nothing can be as small.
  let none = try await folder.run(
    "compress", "나침반.moru", "rows.csv", "--judge", "rows.csv", "--way", "int8", "--target-size",
    "1%")
  #expect(none.code == 1)
  #expect(none.output.contains("judged on 200 samples"))
  #expect(none.output.contains("Nothing keeps to the limits."))

  let wrong = try await folder.run(
    "compress", "나침반.moru", "rows.csv", "--target-size", "small")
  #expect(wrong.code == 2 && wrong.errors.contains("small"))
}

@Test func ofIDXFilesTheTestPartIsJudgedOnAndNotLearnedFrom() async throws {
  let folder = try TestFolder()
  try folder.writeIDX("idx")
  let parts = try Dataset.mnist(at: folder.url.appending(path: "idx"))
  let network = Sequential {
    Rescaling(1.0 / 255)
    Flatten()
    Dense(32, activation: .relu)
    Dense(10, activation: .softmax)
  }
  try await network.fit(
    parts.train, epochs: 1, optimizer: Adam(), loss: .sparseCategoricalCrossentropy
  ).save(folder.url.appending(path: "bars.moru").path)
  let outcome = try await folder.run(
    "compress", "bars.moru", "idx", "--way", "channels", "--max-drop", "1", "--epochs", "1")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.contains("judged on \(parts.test.count) samples"))
}

@Test func aStudentIsTheNetworkOfAConfigurationOrANarrowerOne() async throws {
  let folder = try TestFolder()
  try await folder.writeCompass("compass.moru")
  // The data of the file need not be there: those of the command are learned from.
  try folder.writeConfiguration(
    "slim.yaml", data: "path: elsewhere.csv\n  target: kind", epochs: 30)
  let outcome = try await folder.run(
    "compress", "compass.moru", "rows.csv", "--student", "0.5", "--student", "slim.yaml",
    "--student", "0.50", "--max-drop", "0.3", "-o", "slim.moru", "--json")
  #expect(outcome.code == 0, "\(outcome.errors)")
  // 60 of 4,612 weights are left.
  #expect(
    outcome.output.contains("\"chosen\":\"student compass −98.7 %\""), "\(outcome.output)")
  #expect(outcome.output.contains("\"way\":\"student compass\""))
  // What is named twice is tried once.
  #expect(outcome.errors.components(separatedBy: "student −50 %: ").count == 2)
  let predicted = try await folder.run("predict", "slim.moru", "rows.csv")
  #expect(predicted.output.contains("north"))

  func refusal(_ arguments: String...) async throws -> (Int32, String) {
    let outcome = try await MoruProcess.run(
      ["compress", "compass.moru", "rows.csv"] + arguments, in: folder.url)
    return (outcome.code, outcome.errors)
  }
  let wide = try await refusal("--student", "1.5")
  #expect(wide.0 == 2 && wide.1.contains("a width between 0 and 1, not 1.5"))
  let missing = try await refusal("--student", "none.yaml")
  #expect(missing.0 == 2 && missing.1.contains("none.yaml: cannot be read: no such file"))
  try folder.writeConfiguration("other.yaml", layers: "[{kind: Dense, units: 3}]")
  let other = try await refusal("--student", "other.yaml")
  #expect(other.0 == 1 && other.1.contains("The student gives [[3]], its teacher [[4]]."))
  try folder.writeConfiguration(
    "logits.yaml", layers: "[{kind: Dense, units: 4}]",
    loss: "{kind: sparseCategoricalCrossentropy, fromLogits: true}")
  let logits = try await refusal("--student", "logits.yaml")
  #expect(
    logits.0 == 1
      && logits.1.contains("The student gives logits to its loss, its teacher probabilities."))
  try folder.writeConfiguration("early.yaml", training: "earlyStopping: {monitor: loss}")
  let early = try await refusal("--student", "early.yaml")
  #expect(early.0 == 2 && early.1.contains("training: earlyStopping must be left out"))
  for rule in ["20%", "100.5%", "widest"] {
    let ranges = try await refusal("--ranges", rule)
    #expect(
      ranges.0 == 2
        && ranges.1.contains("min-max, entropy, or a share above 50% and up to 100%, not \(rule)."))
  }
  // What is no model is not replaced, which is said before anything is trained.
  let replaced = try await refusal("--way", "channels", "-o", "rows.csv")
  #expect(replaced.0 == 1 && replaced.1.contains("rows.csv") && !replaced.1.contains("epoch"))
}
