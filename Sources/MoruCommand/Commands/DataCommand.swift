internal import ArgumentParser

/// `moru data`
struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at data before anything is learned from them.",
    discussion: "Example: moru data inspect Examples/data/digits.csv.gz --target label",
    subcommands: [DataInspectCommand.self, DataAugmentCommand.self])
}
