internal import ArgumentParser
internal import Foundation
internal import MoruData
internal import MoruReport
internal import MoruWorkflow

/// `moru data inspect`
struct DataInspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look for what makes models worse or verdicts untrue.",
    discussion: """
      PATH is a table, a folder of pictures by class, or a folder of IDX files. Several tables or \
      folders are parts of one data set, such as train.csv and test.csv: rows and pictures that are \
      in more than one are found. So are those of a folder that holds parts: train/CLASS/*.jpg.

      Damaged rows and pictures are left out and named, unless --damaged error is given. Of tables \
      larger than 64 MiB everything is counted, and 100,000 rows that are drawn are looked at closely.

      Example: moru data inspect Examples/data/digits.csv.gz --target label --report digits.html
      """)

  @Argument(help: ArgumentHelp("The file or folder, or several.", valueName: "path"))
  var paths: [String]
  @Option(help: ArgumentHelp("The column to be predicted, for tables.", valueName: "column"))
  var target: String?
  @Option(help: ArgumentHelp("utf-8 or cp949; found out if not given.", valueName: "name"))
  var encoding: TextEncoding?
  @Option(
    help: ArgumentHelp("Whether damage is an error, or skipped and counted.", valueName: "rule"))
  var damaged = DamagePolicy.skip
  @Option(help: ArgumentHelp("Also write a page with plots.", valueName: "file.html"))
  var report: String?
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let inspection = try DataInspection(
      at: paths.map { URL(filePath: $0) }, target: target,
      as: TableFormat(encoding: encoding, damaged: damaged, nested: .flatten))
    if let report { try inspection.page().write(to: URL(filePath: report)) }
    let output = Output(isJSON: json)
    if json {
      try output.json(inspection)
    } else {
      output.text(
        inspection.parts.map { "\($0.profile.report)" }.joined(separator: "\n\n"))
      let isSingle = inspection.parts.count == 1
      for (part, finding) in inspection.findings {
        output.text("\n" + finding.text(part: isSingle ? nil : part))
      }
    }
    if let report { output.text("\nThe page is in \(report).") }
  }
}
