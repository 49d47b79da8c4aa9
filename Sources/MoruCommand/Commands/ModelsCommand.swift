internal import ArgumentParser

/// `moru models`
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "The registry: models, their versions, and the aliases that point to them.",
    discussion: "Example: moru models show digits",
    subcommands: [
      ModelsListCommand.self, ModelsShowCommand.self, ModelsAliasCommand.self,
      ModelsImportCommand.self, ModelsExportCommand.self,
    ])
}
