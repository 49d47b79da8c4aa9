internal import ArgumentParser

/// `moru runs`
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "What was trained, with which settings, and what came of it.",
    discussion: "Example: moru runs list",
    subcommands: [RunsListCommand.self, RunsShowCommand.self])
}
