import Foundation
import Testing

@Test func explainShowsTheStepsOfAPredictionAndOfATrainingStep() async throws {
  let folder = try TestFolder()
  try folder.writeIDX()
  try folder.writePictureConfiguration()
  #expect(try await folder.run("train", "pictures.yaml").code == 0)

  let shown = try await folder.run("explain", "compass", "--batch", "3")
  #expect(shown.code == 0, "\(shown.errors)")
  // Batches are padded to the next power of two.
  #expect(shown.output.hasPrefix("compass:1, a prediction, batch 4\n"))
  for part in ["Steps\n", "By kind\n", "Whole\n", "1×4×36×10", "reorders", "intermediate values"] {
    #expect(shown.output.contains(part), "\(part)")
  }
  #expect(!shown.output.contains("µs"))

  let timed = try await folder.run(
    "explain", "compass", "--training", "--batch", "8", "--runs", "2", "--threads", "1", "--json")
  let json = try timed.json()
  #expect(json["is_training"] as? Bool == true && json["batch"] as? Int == 8)
  let ceiling = try #require(json["ceiling"] as? [String: Double])
  #expect((ceiling["gigaflops"] ?? 0) > 0)
  let program = try #require(json["program"] as? [String: Any])
  #expect(program["threads"] as? Int == 1)
  let steps = try #require(program["steps"] as? [[String: Any]])
  // Forward, and at least the gradient by the weights.
  #expect(steps.count { $0["kind"] as? String == "dot" } >= 2)
  #expect(steps.allSatisfy { ($0["seconds"] as? Double ?? 0) > 0 })
}

@Test func explainRanksStepsByTime() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  #expect(try await folder.run("train", "config.yaml").code == 0)
  let shown = try await folder.run("explain", "compass", "--runs", "3", "--sort", "time")
  #expect(shown.code == 0, "\(shown.errors)")
  let table = shown.output.split(separator: "\n").drop { !$0.hasPrefix("  step") }
  let column = try #require(
    table.first?.split(separator: " ", omittingEmptySubsequences: true).firstIndex(of: "µs"))
  #expect(column > 0)
  let refused = try await folder.run("explain", "compass", "--sort", "time")
  #expect(refused.code == 2 && refused.errorLine.contains("Add --runs 20"))
}
