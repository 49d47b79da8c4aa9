internal import ArgumentParser

/// How the rows of a table are steps of series.
struct StepOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The column of times (default: rows are steps).", valueName: "column"))
  var time: String?
  @Option(help: ArgumentHelp("The column that tells several series apart.", valueName: "column"))
  var series: String?
  @Option(
    help: ArgumentHelp("Steps in a season (default: what such times usually have).", valueName: "n")
  )
  var period: Int?
}
