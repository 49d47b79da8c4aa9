internal import ArgumentParser

/// `moru anomaly`
struct AnomalyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anomaly",
    abstract: "Tell what is unlike good samples, learned from good samples alone.",
    discussion: "Example: moru anomaly fit good/ --base photos.moru --output parts.moru",
    subcommands: [AnomalyFitCommand.self, AnomalyJudgeCommand.self])
}
