internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruWorkflow

/// The program `moru`.
@main
enum Main {
  static func main() async {
    WaitingThreads.giveWay()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try UnknownSubcommand.check(arguments, of: MoruCommand.self)
      var command = try MoruCommand.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let failure = Failure(error)
      failure.report()
      exit(failure.code)
    }
  }
}

/// The root of all subcommands.
struct MoruCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moru",
    abstract: "Train, judge and serve models: from your data to a model in use.",
    discussion: """
      A workspace, ./workspace unless you say another, keeps runs, models and their history.

      Example: moru train Examples/digits.yaml
      """,
    version: moruVersion,
    subcommands: [
      TrainCommand.self, CompareCommand.self, EvaluateCommand.self, PredictCommand.self,
      GenerateCommand.self, ForecastCommand.self, AnomalyCommand.self, CompressCommand.self,
      ExplainCommand.self,
      DataCommand.self, ModelsCommand.self, ZooCommand.self, RunsCommand.self, ServeCommand.self,
    ])
}
