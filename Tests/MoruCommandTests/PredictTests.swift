import Foundation
import MoruGraph
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Test func pictureTableAndJSONOfOneSampleGetTheSameNumbers() async throws {
  let folder = try TestFolder()
  let pixels = try folder.writeIDX()[40]
  try folder.writePictureConfiguration()
  #expect(try await folder.run("train", "pictures.yaml").code == 0)
  try folder.writePNG("bar.png", pixels)
  try folder.write("bar.csv", pixels.map(String.init).joined(separator: ",") + "\n")
  let rows = (0..<6).map { row in pixels[row * 6..<row * 6 + 6].map { [Int($0)] } }
  // A byte order mark, as some editors write it, is passed over.
  try folder.write(
    "bar.json", Data([0xEF, 0xBB, 0xBF]) + JSONSerialization.data(withJSONObject: rows))
  let outcome = try await folder.run(
    "predict", "compass:1", "bar.png", "bar.csv", "bar.json", "\(pixels)", "--json")
  #expect(outcome.code == 0, "\(outcome.errors)")
  let predictions = try #require(try outcome.json()["predictions"] as? [[String: Any]])
  let numbers = try predictions.map { try #require($0["probabilities"] as? [String: Double]) }
  #expect(predictions.map { $0["label"] as? String } == ["0", "0", "0", "0"])
  #expect(Set(numbers).count == 1)
  #expect(abs((numbers.first ?? [:]).values.reduce(0, +) - 1) < 1e-5)
  // One line for each sample, after the heads and a rule.
  let text = try await folder.run("predict", "compass", "bar.png", "bar.csv")
  #expect(text.output.split(separator: "\n").count == 4)
}

@Test func ofAFolderEachPictureIsAskedAbout() async throws {
  let folder = try TestFolder()
  let pictures = try folder.writeIDX()
  try folder.writePictureConfiguration()
  #expect(try await folder.run("train", "pictures.yaml").code == 0)
  for place in 0..<3 { try folder.writePNG("photos/\(place).png", pictures[place]) }
  try folder.writePNG("kinds/왼쪽/1.png", pictures[0])
  try folder.writePNG("kinds/위/1.png", pictures[1])
  let outcome = try await folder.run("predict", "compass", "photos", "kinds", "--json")
  #expect(outcome.code == 0, "\(outcome.errors)")
  let predictions = try #require(try outcome.json()["predictions"] as? [[String: Any]])
  #expect(
    predictions.map { $0["input"] as? String }
      == ["0.png", "1.png", "2.png", "왼쪽/1.png", "위/1.png"])
  let alone = try await folder.run("predict", "compass", "photos/2.png", "--json").json()
  let numbers = try #require(alone["predictions"] as? [[String: Any]])
  #expect(
    numbers[0]["probabilities"] as? [String: Double]
      == predictions[2]["probabilities"] as? [String: Double])
  // Neither the pictures nor the folders beside them are passed over in silence.
  try folder.writePNG("mixed/1.png", pictures[0])
  try folder.writePNG("mixed/위/2.png", pictures[1])
  let mixed = try await folder.run("predict", "compass", "mixed")
  #expect(mixed.code == 1 && mixed.output.isEmpty)
  #expect(
    mixed.errors.contains(
      "mixed holds pictures beside folders; name the pictures or the folders alone"))
  try folder.write("photos/3.png", "no picture")
  let failed = try await folder.run("predict", "compass", "photos")
  #expect(failed.code == 1 && failed.output.isEmpty && failed.errors.contains("3.png"))
}

@Test func rowsAreFoundByNameOrInOrder() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration(epochs: 60)
  #expect(try await folder.run("train", "config.yaml").code == 0)
  try folder.write("named.csv", "y,x\n1.5,-1.5\n")
  try folder.write("plain.csv", "-1.5,1.5\n")
  let outcome = try await folder.run(
    "predict", "compass@champion", "named.csv", "plain.csv", #"{"x": -1.5, "y": 1.5}"#,
    "[[-1.5, 1.5]]", "--json")
  let predictions = try #require(try outcome.json()["predictions"] as? [[String: Any]])
  #expect(predictions.map { $0["label"] as? String } == Array(repeating: "east", count: 4))
  #expect(
    predictions.map { $0["input"] as? String } == ["named.csv:2", "plain.csv:1", "JSON", "JSON"])
}

@Test func evaluateGivesTheVerdictOfTraining() async throws {
  let folder = try TestFolder()
  try folder.writeIDX()
  try folder.writePictureConfiguration()
  let trained = try await folder.run("train", "pictures.yaml", "--json").json()
  let judged = try await folder.run("evaluate", "compass", "idx", "--json").json()
  let first = try #require(trained["test"] as? [String: Any])
  let second = try #require(judged["test"] as? [String: Any])
  #expect(first["accuracy"] as? Double == second["accuracy"] as? Double)
  #expect(first["loss"] as? Double == second["loss"] as? Double)
  #expect(judged["model"] as? String == "compass:1")
  // The package by its path is the same model.
  let byPath = try await folder.run(
    "evaluate", "workspace/models/compass/1", "idx", "--json"
  ).json()
  #expect((byPath["test"] as? [String: Any])?["loss"] as? Double == second["loss"] as? Double)
}

@Test func eachOutputOfAModelGetsALine() async throws {
  let folder = try TestFolder()
  let x = Input([2])
  let layer = try Model(
    inputs: ["place": x],
    outputs: ["side": Dense(2, activation: .softmax)(x), "tags": Dense(2)(x)])
  func output(_ name: String, _ meaning: OutputMeaning) -> ModelOutput {
    ModelOutput(name: name, dtype: .float32, shape: [2], meaning: meaning)
  }
  let zeros = HostTensor.zeros([2, 2])
  let model = try TrainedModel(
    layer: layer,
    weights: [
      "dense/kernel": zeros, "dense/bias": HostTensor([0, 1] as [Float]), "dense_1/kernel": zeros,
      "dense_1/bias": HostTensor([0.75, 0.25] as [Float]),
    ],
    signature: ModelSignature(
      inputs: [
        ModelInput(name: "place", dtype: .float32, shape: [2], content: InputContent())
      ],
      outputs: [
        output("side", .probabilities(labels: ["left", "right"])),
        output("tags", .labelSet(labels: ["near", "far"])),
      ]))
  try model.with(thresholds: LabelThresholds([0.7, 0.2]))
    .save(folder.url.appending(path: "two.moru").path)
  let text = try await folder.run("predict", "./two.moru", "[1, 2]")
  #expect(text.code == 0, "\(text.errors)")
  #expect(text.output.contains("JSON side") && text.output.contains("JSON tags"))
  let json = try await folder.run("predict", "./two.moru", "[1, 2]", "--json").json()
  let answers = try #require(json["predictions"] as? [[String: Any]])
  #expect(answers.map { $0["output"] as? String } == ["side", "tags"])
  #expect(answers[0]["label"] as? String == "right")
  #expect(answers[1]["labels"] as? [String] == ["near", "far"])
}

@Test func eachOutputOfAModelIsJudged() async throws {
  let folder = try TestFolder()
  let lines = (0..<40).map { row in
    let x = Float(row % 8) / 4 - 1
    return "\(x),\(x > 0 ? "right" : "left"),\(2 * x),\(x > 0.5 ? 1 : 0),\(x < 0 ? 1 : 0)"
  }
  try folder.write("rows.csv", "x,side,double,far,low\n" + lines.joined(separator: "\n") + "\n")
  let table = try Table(at: folder.url.appending(path: "rows.csv"))
  let encoding = try TableEncoding(fitting: table, target: nil, features: ["x"])
  let numbers = (0..<40).map { Float($0 % 8) / 4 - 1 }
  let x = Input([1])
  let layer = try Model(
    inputs: ["place": x],
    outputs: [
      "side": Dense(2, activation: .softmax)(x), "double": Dense(1)(x),
      "tags": Dense(2, activation: .sigmoid)(x),
    ])
  let data = try Dataset(
    source: "rows", features: [.init(name: "place", values: encoding.encode(table))],
    targets: [
      .init(
        name: "side",
        values: .classes(numbers.map { $0 > 0 ? 1 : 0 }, labels: ["left", "right"])),
      .init(name: "double", values: .values(numbers.map { 2 * $0 })),
      .init(
        name: "tags",
        values: .labelSets(
          HostTensor(numbers.map { [$0 > 0.5 ? 1 : 0, $0 < 0 ? 1 : 0] as [Float] }),
          labels: ["far", "low"])),
    ], encoding: encoding)
  let model = try await layer.fit(
    data, epochs: 100, batchSize: 8, optimizer: .adam(learningRate: 0.1),
    objective: Objective(losses: [
      "side": .sparseCategoricalCrossentropy, "double": .meanSquaredError,
      "tags": .binaryCrossentropy,
    ]), seed: 1
  ).choosingThresholds(on: data)
  try model.save(folder.url.appending(path: "three.moru").path)
  let json = try await folder.run("evaluate", "./three.moru", "rows.csv", "--json").json()
  let test = try #require(json["test"] as? [String: Any])
  #expect(test["samples"] as? Int == 40 && test["loss"] is Double && test["accuracy"] == nil)
  let outputs = try #require(test["outputs"] as? [String: [String: Any]])
  #expect(outputs.keys.sorted() == ["double", "side", "tags"])
  #expect(outputs["side"]?["accuracy"] as? Double == 1)
  #expect(try #require(outputs["double"]?["mean_absolute_error"] as? Double) < 0.1)
  #expect(outputs["tags"]?["exact_match"] as? Double == 1)
  #expect(outputs.values.allSatisfy { $0["loss"] is Double })
  let text = try await folder.run("evaluate", "./three.moru", "rows.csv")
  #expect(text.code == 0, "\(text.errors)")
  for words in ["Output side", "Output double", "Output tags", "threshold", "all labels right"] {
    #expect(text.output.contains(words))
  }
  // Sets of labels have a page of their own.
  let tags = try await Sequential { Dense(2, activation: .sigmoid) }.fit(
    Dataset(
      source: "rows", features: [.init(name: "place", values: encoding.encode(table))],
      targets: [data.targets[2]], encoding: encoding), epochs: 5, optimizer: .adam(),
    loss: .binaryCrossentropy, seed: 1)
  try tags.save(folder.url.appending(path: "tags.moru").path)
  let page = try await folder.run(
    "evaluate", "./tags.moru", "rows.csv", "--report", "tags.html", "--language", "ko")
  #expect(page.code == 0, "\(page.errors)")
  let html = try String(contentsOf: folder.url.appending(path: "tags.html"), encoding: .utf8)
  for words in ["라벨별", "far", "low", "판정 기준", "<svg"] { #expect(html.contains(words)) }
  try folder.write("bare.csv", "x\n1\n")
  let bare = try await folder.run("evaluate", "./three.moru", "bare.csv")
  #expect(bare.code == 1)
  #expect(bare.errors.contains("bare.csv has no column for any of the outputs"))
}
