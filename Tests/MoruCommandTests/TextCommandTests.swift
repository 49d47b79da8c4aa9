import Foundation
import Testing

@Test func aClassifierOfTextsIsTrainedAskedAndJudged() async throws {
  let folder = try TestFolder()
  let (good, bad) = (["good film", "정말 good!", "a GOOD one"], ["bad film", "정말 bad", "so bad."])
  let rows = (0..<60).map { row in
    row % 2 == 0 ? "\(good[row / 2 % 3]) \(row),up" : "\"\(bad[row / 2 % 3]), \(row)\",down"
  }
  try folder.write("rows.csv", "review,mood\n" + rows.joined(separator: "\n") + "\n")
  try folder.writeConfiguration(
    data: "path: rows.csv\n  target: mood\n  text: {review: {outputSequenceLength: 5}}",
    layers: "[{kind: Embedding, inputDimension: 80, outputDimension: 8}, "
      + "{kind: GlobalAveragePooling1D}, {kind: Dense, units: 2, activation: softmax}]",
    epochs: 30)
  let trained = try await folder.run("train", "config.yaml", "--json")
  #expect(trained.code == 0, "\(trained.errors)")
  try folder.write("one.txt", "정말 good, 좋아요!\n")
  try folder.write("more.csv", "review\n\"bad, bad\"\ngood\n")
  try folder.write("plain.csv", "bad one\n")
  let asked = try await folder.run(
    "predict", "compass", "a good\nfilm", "so bad", "one.txt", "more.csv", "plain.csv",
    #"["good", "bad"]"#, #"{"review": "bad"}"#, "--json")
  #expect(asked.code == 0, "\(asked.errors)")
  let predictions = try #require(try asked.json()["predictions"] as? [[String: Any]])
  #expect(
    predictions.map { $0["input"] as? String } == [
      "a good film", "so bad", "one.txt", "more.csv:2", "more.csv:3", "plain.csv:1", "JSON[0]",
      "JSON[1]", "JSON",
    ])
  #expect(
    predictions.map { $0["label"] as? String } == [
      "up", "down", "up", "down", "up", "down", "up", "down", "down",
    ])
  let judged = try await folder.run("evaluate", "compass", "rows.csv", "--json").json()
  #expect((judged["test"] as? [String: Any])?["accuracy"] as? Double == 1)

  for (input, says) in [
    ("lost.csv", "lost.csv: cannot be read"),
    ("[1, 2]", "must be i32[batch, 5], not numbers of shape [2]"),
    (#"["good", 1]"#, "there is text among numbers"),
    (#"{"review": 1}"#, "column 'review' holds a number where text is expected"),
  ] {
    let outcome = try await folder.run("predict", "compass", input)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
  }
}
