internal import ArgumentParser

/// `moru zoo`
struct ZooCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo",
    abstract: "Known networks: their sizes, costs and layers.",
    discussion: "Example: moru zoo show ResNet50",
    subcommands: [ZooListCommand.self, ZooShowCommand.self])
}
