import Foundation
import Testing

/// Where training is when it is struck.
struct Moment: Sendable, CustomTestStringConvertible {
  let text: String
  let inErrors: Bool
  let epochs: Int

  var testDescription: String { text }

  static let all = [
    Moment(text: "Run", inErrors: false, epochs: 100_000),
    Moment(text: "epoch 1/", inErrors: true, epochs: 100_000),
    Moment(text: "epoch 30/", inErrors: true, epochs: 100_000),
    // Judging, writing files and registering follow one another within milliseconds of these.
    Moment(text: "epoch 3/3", inErrors: true, epochs: 3),
    Moment(text: "Test verdict", inErrors: false, epochs: 3),
    Moment(text: "Files", inErrors: false, epochs: 3),
    Moment(text: "Registered", inErrors: false, epochs: 3),
  ]
}

@Test(arguments: Moment.all)
func killingLeavesAReadableWorkspaceAndNoHalfModel(moment: Moment) async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration(epochs: moment.epochs)
  let process = try MoruProcess(["train", "config.yaml"], in: folder.url)
  #expect(process.wait(for: moment.text, inErrors: moment.inErrors))
  process.send(SIGKILL)
  _ = try await process.outcome()

  let runs = try await folder.run("runs", "list", "--json")
  #expect(runs.code == 0, "\(runs.errors)")
  let statuses = try #require(try runs.json()["runs"] as? [[String: Any]]).map {
    $0["status"] as? String ?? ""
  }
  #expect(statuses.count == 1)
  #expect(statuses.allSatisfy { ["interrupted", "finished"].contains($0) })
  if moment.epochs > 3 { #expect(statuses == ["interrupted"]) }
  let models = try await folder.run("models", "list", "--json")
  #expect(models.code == 0, "\(models.errors)")
  // What is listed is whole: it answers.
  for _ in try #require(try models.json()["models"] as? [[String: Any]]) {
    #expect(try await folder.run("predict", "compass", "[1, 1]").code == 0)
  }
  // And the workspace takes the next training.
  try folder.writeConfiguration(epochs: 1)
  #expect(try await folder.run("train", "config.yaml").code == 0)
}

@Test(arguments: [SIGINT, SIGTERM])
func anInterruptEndsTheRunCleanly(signal: Int32) async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration(epochs: 100_000)
  let process = try MoruProcess(["train", "config.yaml"], in: folder.url)
  #expect(process.wait(for: "epoch 2/", inErrors: true))
  process.send(signal)
  let outcome = try await process.outcome()
  #expect(outcome.code == 130)
  #expect(outcome.errors.hasSuffix("shows the run with what it had recorded.\n"))
  let runs = try await folder.run("runs", "list")
  #expect(runs.output.contains("interrupted"))
  #expect(try await folder.run("models", "list").output.contains("no models yet"))
}
