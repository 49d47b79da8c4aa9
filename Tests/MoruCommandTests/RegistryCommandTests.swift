import Foundation
import Testing

@Test func anAliasMovesWithAReasonThatIsKept() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  for seed in ["1", "2"] {
    #expect(try await folder.run("train", "config.yaml", "--seed", seed).code == 0)
  }
  let moved = try await folder.run(
    "models", "alias", "compass:2", "champion", "--reason", "better on rainy days")
  #expect(moved.output == "compass@champion points to version 2, before to version 1.\n")
  let shown = try await folder.run("models", "show", "compass")
  #expect(shown.output.hasPrefix("compass:2\n"))
  for part in ["Layers", "Inputs and outputs", "Training", "better on rainy days", "dense (Dense)"]
  {
    #expect(shown.output.contains(part))
  }
  let again = try await folder.run(
    "models", "alias", "compass:2", "champion", "--reason", "once more")
  #expect(again.code == 1)
  #expect(again.errorLine.hasPrefix("moru: The alias 'champion' of 'compass' points to version 2"))
  let list = try await folder.run("models", "list", "--json").json()
  let models = try #require(list["models"] as? [[String: Any]])
  #expect(models.map { $0["version"] as? Int } == [2, 1])
  #expect(models.first?["aliases"] as? [String] == ["champion"])
}

@Test func aRunShowsItsFiguresByEpoch() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  let run = try #require(
    try await folder.run("train", "config.yaml", "--json").json()["run"] as? String)
  let shown = try await folder.run("runs", "show", String(run.prefix(20)), "--json").json()
  let metrics = try #require(shown["metrics"] as? [[String: Any]])
  let losses = metrics.filter { $0["name"] as? String == "loss" }
  #expect(losses.map { $0["step"] as? Int } == [1, 2, 3])
  #expect(metrics.contains { $0["name"] as? String == "test_accuracy" })
  let details = try #require(shown["run"] as? [String: Any])
  #expect(details["status"] as? String == "finished")
  #expect((details["data_checksum"] as? String)?.count == 64)
  let text = try await folder.run("runs", "show", run)
  #expect(text.output.contains("Figures by epoch"))
}

@Test func aFlippedByteInTheWeightsIsANamedError() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  #expect(try await folder.run("train", "config.yaml").code == 0)
  let file = folder.url.appending(path: "workspace/models/compass/1/weights.safetensors")
  var bytes = try Data(contentsOf: file)
  bytes[bytes.count - 3] ^= 0x10
  try bytes.write(to: file)
  let outcome = try await folder.run("predict", "compass", "[1, 1]")
  #expect(outcome.code == 1)
  #expect(outcome.errorLine.contains("weights.safetensors has changed since it was saved"))
}
