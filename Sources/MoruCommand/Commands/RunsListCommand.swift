internal import ArgumentParser
internal import Foundation
internal import MoruArchive

/// `moru runs list`
struct RunsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List all runs, the newest first.",
    discussion: "Example: moru runs list --workspace ./workspace")

  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let store = try workspace.existing()
    let runs = try await store.runs()
    let output = Output(isJSON: json)
    if json { return try output.json(["runs": runs.map(RunJSON.init)]) }
    guard !runs.isEmpty else {
      return output.text("There are no runs yet. `moru train CONFIG.yaml` makes one.")
    }
    var table = TextTable(["run", "name", "status", "started", "test figures"], leftColumns: 5)
    for run in runs {
      let figures = try await store.metrics(of: run.id).filter { $0.name.hasPrefix("test_") }
      table.append([
        run.id.rawValue, run.name, run.status.rawValue, run.startedAt.ISO8601Format(),
        figures.map { "\($0.name.dropFirst(5)) " + String(format: "%.4g", $0.value) }
          .joined(separator: "  "),
      ])
    }
    output.text(table.text)
  }
}

/// A run as JSON.
struct RunJSON: Encodable {
  let run: String
  let name: String
  let status: String
  let startedAt: Date
  let endedAt: Date?
  let failure: String?
  let seed: UInt64?
  let dataChecksum: String?
  let codeVersion: String?
  let parameters: [String: String]

  init(_ run: Run) {
    self.run = run.id.rawValue
    name = run.name
    status = run.status.rawValue
    startedAt = run.startedAt
    endedAt = run.endedAt
    failure = run.failure
    seed = run.lineage.seed
    dataChecksum = run.lineage.dataChecksum?.hex
    codeVersion = run.lineage.codeVersion
    parameters = run.parameters.mapValues(\.description)
  }
}
