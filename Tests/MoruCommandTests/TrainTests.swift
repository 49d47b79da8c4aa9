import Foundation
import Testing

@Test func trainReportsOneJSONLineAndRegisters() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration(epochs: 60)
  let outcome = try await folder.run("train", "config.yaml", "--json", "--seed", "3")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.split(separator: "\n").count == 1)
  let json = try outcome.json()
  #expect(json["model"] as? String == "compass")
  #expect(json["version"] as? Int == 1)
  #expect(json["parameters"] as? Int == 2 * 8 + 8 + 8 * 4 + 4)
  #expect(json["seed"] as? Int == 3)
  #expect(json["epochs"] as? Int == 60)
  let seconds = try #require(json["train_seconds"] as? Double)
  let perEpoch = try #require(json["seconds_per_epoch"] as? Double)
  #expect(perEpoch > 0 && perEpoch * 60 < seconds)
  let test = try #require(json["test"] as? [String: Any])
  #expect(test["samples"] as? Int == 16)
  #expect(try #require(test["accuracy"] as? Double) >= 0.9)
  #expect(test["loss"] is Double)
  let files = try #require(json["files"] as? String)
  for name in ["curves.svg", "confusion.svg", "configuration.yaml"] {
    #expect(FileManager.default.fileExists(atPath: files + "/" + name))
  }
}

@Test func trainTellsEachSectionInOrder() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  let outcome = try await folder.run("train", "config.yaml")
  let headings = outcome.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
  #expect(
    headings.map { $0.prefix { $0.isLetter } } == [
      "Data", "Split", "Balance", "Run", "Baseline", "Training", "Test", "Test", "Files",
      "Registered",
    ])
  #expect(outcome.output.contains("the last epoch's weights are kept"))
  #expect(outcome.output.contains("The alias champion points to it."))
  #expect(outcome.errors.contains("compass epoch 3/3"))
  let second = try await folder.run("train", "config.yaml", "--seed", "1")
  #expect(second.output.contains("The alias champion stays at version 1. To move it: moru models"))
}

@Test func theSameSeedGivesTheSameWeightsByteForByte() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  func weights(seed: String, workspace: String) async throws -> Data {
    let outcome = try await folder.run(
      "train", "config.yaml", "--seed", seed, "--workspace", workspace)
    #expect(outcome.code == 0)
    return try Data(
      contentsOf: folder.url.appending(
        path: "\(workspace)/models/compass/1/weights.safetensors"))
  }
  let first = try await weights(seed: "5", workspace: "one")
  #expect(try await weights(seed: "5", workspace: "two") == first)
  #expect(try await weights(seed: "6", workspace: "three") != first)
}

@Test func trainingTheSameModelAgainRegistersNothing() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  for _ in 1...2 {
    let outcome = try await folder.run("train", "config.yaml", "--json")
    let line = try #require(outcome.output.split(separator: "\n").last)
    #expect(line.contains(#""version":1"#))
  }
  let versions = try FileManager.default.contentsOfDirectory(
    atPath: folder.url.appending(path: "workspace/models/compass").path)
  #expect(versions == ["1"])
}

@Test func severalCandidatesAreComparedOnValidationData() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.write(
    "two.yaml",
    """
    name: compass
    data: {path: rows.csv, target: kind, validation: 0.2}
    candidates:
      - {name: blind, layers: [{kind: Rescaling, scale: 0}, {kind: Dense, units: 4, activation: softmax}]}
      - {name: seeing, layers: [{kind: Normalization}, {kind: Dense, units: 4, activation: softmax}]}
    training:
      epochs: 40
      optimizer: {kind: adam, learningRate: 0.05}
      loss: sparseCategoricalCrossentropy
      metrics: [accuracy]
      classWeight: balanced
      earlyStopping: {patience: 3, restoreBestWeights: true}
    """)
  let outcome = try await folder.run("train", "two.yaml", "--no-register")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.contains("seeing, by val_accuracy on validation data: blind 0."))
  #expect(!outcome.output.contains("Registered"))
  #expect(try await folder.run("models", "list").output.contains("no models yet"))
  let runs = try await folder.run("runs", "list", "--json").json()
  let run = try #require((runs["runs"] as? [[String: Any]])?.first?["run"] as? String)
  let shown = try await folder.run("runs", "show", run)
  #expect(shown.output.contains("\n  blind\n") && shown.output.contains("\n  seeing\n"))
}

@Test func theShownConfigurationIsACompleteOne() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  let shown = try await folder.run("train", "config.yaml", "--show-config", "--epochs", "7")
  #expect(shown.output.contains("epochs: 7"))
  #expect(shown.output.contains("kernelInitializer: glorotUniform"))
  try folder.write("shown.yaml", shown.output)
  let again = try await folder.run("train", "shown.yaml", "--show-config")
  #expect(again.output == shown.output)
  #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "workspace").path))
}

@Test func aRegressionIsJudgedByItsErrors() async throws {
  let folder = try TestFolder()
  let rows = (0..<60).map { "\($0 % 10),\(3 * ($0 % 10) + 1)" }
  try folder.write("line.csv", "x,y\n" + rows.joined(separator: "\n"))
  try folder.write(
    "line.yaml",
    """
    name: line
    data: {path: line.csv, target: y, task: regression}
    model: {layers: [{kind: Normalization}, {kind: Dense, units: 1}]}
    training: {epochs: 80, optimizer: {kind: adam, learningRate: 0.2}, loss: meanSquaredError}
    """)
  let outcome = try await folder.run("train", "line.yaml", "--json")
  let test = try #require(try outcome.json()["test"] as? [String: Any])
  #expect(try #require(test["mean_absolute_error"] as? Double) < 0.1)
  #expect(test["accuracy"] == nil)
  let answer = try await folder.run("predict", "line", "[4]", "--json").json()
  let value = try #require((answer["predictions"] as? [[String: Any]])?.first?["value"] as? Double)
  #expect(abs(value - 13) < 0.3)
}

@Test func aHeadIsTrainedOnARegisteredBase() async throws {
  let folder = try TestFolder()
  try folder.writeIDX()
  try folder.writeConfiguration(
    "base.yaml", data: "path: idx",
    layers: "[{kind: Rescaling, scale: 0.004}, Flatten, {kind: Dense, units: 8, activation: relu}, "
      + "{kind: Dense, units: 10, activation: softmax}]")
  #expect(try await folder.run("train", "base.yaml").code == 0)
  func write(_ base: String) throws {
    try folder.write(
      "head.yaml",
      """
      name: bars
      data: {path: idx}
      model:
        base: \(base)
        fineTune: {blocks: 1, epochs: 2}
      training:
        epochs: 3
        loss: sparseCategoricalCrossentropy
        metrics: [accuracy]

      """)
  }
  try write("compass@champion")
  let outcome = try await folder.run("train", "head.yaml")
  #expect(outcome.code == 0, "\(outcome.errors)")
  #expect(outcome.output.contains("base of 1 block: dense"))
  #expect(outcome.output.contains("Registered"))
  let judged = try await folder.run("evaluate", "bars", "idx", "--json")
  #expect((try judged.json()["test"] as? [String: Any])?["samples"] as? Int == 16)

  try write("compas")
  let unknown = try await folder.run("train", "head.yaml")
  #expect(unknown.code == 2)
  #expect(
    unknown.errorLine.hasPrefix("moru: head.yaml:4:9: the base cannot be read: "),
    "\(unknown.errorLine)")
  #expect(unknown.errorLine.contains("compas"))
}

@Test func picturesThatStayInTheirFilesAreNamedAndTheTestSetIsTheSame() async throws {
  let folder = try TestFolder()
  let pictures = try folder.writeIDX()
  for (place, picture) in pictures.enumerated() {
    try folder.writePNG("photos/\(place % 2 == 0 ? "왼쪽" : "위")/\(place).png", picture)
  }
  let layers = "[Flatten, {kind: Dense, units: 2, activation: softmax}]"
  try folder.writeConfiguration("memory.yaml", data: "path: photos", layers: layers)
  try folder.writeConfiguration(
    "files.yaml", data: "path: photos\n  memoryMebibytes: 0", layers: layers)
  let memory = try await folder.run("train", "memory.yaml")
  let files = try await folder.run("train", "files.yaml")
  #expect(memory.code == 0 && files.code == 0, "\(files.errors)")
  let line = "pictures stay in their files: in memory they would take more than 0 MiB"
  #expect(files.output.contains(line) && !memory.output.contains(line))
  // It counts as read by what it holds, wherever that is kept.
  #expect(files.output.contains("This test set has been read once before"))
  let judged = try await folder.run("evaluate", "compass", "photos", "--json")
  #expect((try judged.json()["test"] as? [String: Any])?["samples"] as? Int == 48)

  try folder.writeConfiguration(
    "smote.yaml", data: "path: photos\n  memoryMebibytes: 0", layers: layers,
    training: "balance: smote")
  let smote = try await folder.run("train", "smote.yaml")
  #expect(smote.code == 0, "\(smote.errors)")
  #expect(smote.output.contains("pictures to learn from are loaded"))
  #expect(!smote.output.contains(line))
}

@Test func picturesOfSeveralLabelsAreJudgedBesideTheLabelsOfMost() async throws {
  let folder = try TestFolder()
  var table = "file,label\n"
  for (place, picture) in try folder.writeIDX().enumerated() {
    try folder.writePNG("photos/\(place).png", picture)
    table += "\(place).png,\(place % 4 == 0 ? "위|왼쪽" : "위")\n"
  }
  try folder.write("labels.csv", table)
  try folder.write(
    "config.yaml",
    """
    name: compass
    data: {path: photos, labelFile: labels.csv, target: label, labelSeparator: "|"}
    model:
      layers: [Flatten, {kind: Dense, units: 2, activation: sigmoid}]
    training: {epochs: 1, loss: binaryCrossentropy, metrics: [binaryAccuracy]}
    """)
  let shown = try await folder.run("train", "config.yaml")
  #expect(shown.code == 0, "\(shown.errors)")
  #expect(shown.output.contains("always “위”: all labels right 0."), "\(shown.output)")
  let json = try await folder.run("train", "config.yaml", "--json").json()
  let baseline = try #require((json["baseline"] as? [String: Any])?["exact_match"] as? Double)
  #expect(baseline > 0.5 && baseline < 1)
}
