internal import ArgumentParser
internal import MoruArchive

/// `moru models alias`
struct ModelsAliasCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias",
    abstract: "Point an alias to a version; who did it and why is kept for ever.",
    discussion: """
      The alias champion is the version that is used where none is named.

      Example: moru models alias digits:2 champion --reason "0.4 points better on new pictures"
      """)

  @Argument(help: ArgumentHelp("The version to point to.", valueName: "name:version"))
  var model: String
  @Argument(help: ArgumentHelp("The alias, such as champion.", valueName: "alias"))
  var alias: String
  @Option(help: ArgumentHelp("Why it is moved.", valueName: "text"))
  var reason: String
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    guard case .registered(let name, let choice) = try ModelReference(parsing: model) else {
      throw ValidationError("An alias points to a registered model: write NAME:VERSION.")
    }
    let alias = try SafeName(alias)
    let store = try workspace.existing()
    let version = try await store.version(of: name, choice)
    let before = try await store.aliases(of: name).first { $0.name == alias }?.version
    try await store.moveAlias(
      alias, of: name, to: version.number,
      signature: Signature(by: currentAuthor, because: reason))
    let output = Output(isJSON: json)
    output.text(
      "\(name)@\(alias) points to version \(version.number)"
        + (before.map { ", before to version \($0)." } ?? "."))
    try output.json(
      AliasJSON(
        model: name.text, alias: alias.text, version: version.number, previousVersion: before))
  }
}

/// A moved alias as JSON.
private struct AliasJSON: Encodable {
  let model: String
  let alias: String
  let version: Int
  let previousVersion: Int?
}
