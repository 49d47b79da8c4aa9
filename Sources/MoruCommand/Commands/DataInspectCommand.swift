internal import ArgumentParser
internal import Foundation
internal import MoruData
internal import MoruWorkflow

/// `moru data inspect`
struct DataInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Count samples, missing values, duplicates and classes.",
    discussion: """
      PATH is a table, a folder of pictures by class, or a folder of IDX files.

      Example: moru data inspect Examples/data/digits.csv.gz --target label
      """)

  @Argument(help: ArgumentHelp("The file or folder.", valueName: "path"))
  var path: String
  @Option(help: ArgumentHelp("The column to be predicted, for tables.", valueName: "column"))
  var target: String?
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let reports = try DataInspection.reports(at: URL(filePath: path), target: target)
    if json {
      try Output(isJSON: true).json(
        Dictionary(reports.map { ($0.part, $0.report) }) { first, _ in first })
    } else {
      let texts = reports.map { "\($0.report)" }
      Output(isJSON: false).text(texts.joined(separator: "\n\n"))
    }
  }
}
