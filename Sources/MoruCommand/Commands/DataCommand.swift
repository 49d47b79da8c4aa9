internal import ArgumentParser

/// `moru data`
struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at data, check, clean and split them before anything is learned.",
    discussion: "Example: moru data inspect Examples/data/digits.csv.gz --target label",
    subcommands: [
      DataInspectCommand.self, DataValidateCommand.self, DataCleanCommand.self,
      DataSplitCommand.self, DataAugmentCommand.self,
    ])
}
