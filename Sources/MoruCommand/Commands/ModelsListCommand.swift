internal import ArgumentParser
internal import Foundation
internal import MoruArchive

/// `moru models list`
struct ModelsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List every version of every model.",
    discussion: "Example: moru models list --workspace ./workspace")

  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let store = try workspace.existing()
    var rows: [VersionJSON] = []
    for model in try await store.models() {
      let aliases = try await store.aliases(of: model)
      rows += try await store.versions(of: model).map { VersionJSON($0, aliases) }
    }
    let output = Output(isJSON: json)
    if json { return try output.json(["models": rows]) }
    guard !rows.isEmpty else {
      return output.text("There are no models yet. `moru train CONFIG.yaml` registers one.")
    }
    var table = TextTable(["model", "stage", "aliases", "registered", "run"], leftColumns: 5)
    for row in rows {
      table.append([
        "\(row.model):\(row.version)", row.stage, row.aliases.joined(separator: ", "),
        row.registeredAt.ISO8601Format(), row.run ?? "–",
      ])
    }
    output.text(table.text)
  }
}

/// A version as JSON.
struct VersionJSON: Encodable {
  let model: String
  let version: Int
  let stage: String
  let aliases: [String]
  let registeredAt: Date
  let run: String?
  let folder: String

  init(_ version: ModelVersion, _ aliases: [Alias]) {
    model = version.model.text
    self.version = version.number
    stage = version.stage.rawValue
    self.aliases = aliases.filter { $0.version == version.number }.map(\.name.text)
    registeredAt = version.registeredAt
    run = version.run?.rawValue
    folder = version.folder.path
  }
}
