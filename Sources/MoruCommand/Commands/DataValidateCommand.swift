internal import ArgumentParser
internal import Foundation
internal import MoruData
internal import MoruReport
internal import MoruWorkflow

/// `moru data validate`
struct DataValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Hold new data against a schema: types, ranges, categories, missing values, drift.",
    discussion: """
      A schema is a YAML file that --infer writes from data that are known to be good. The exit code is 1 \
      if new data break a rule.

      Example: moru data validate titanic.csv --infer titanic-schema.yaml
      Example: moru data validate new.csv --schema titanic-schema.yaml
      """)

  @Argument(help: ArgumentHelp("The table, or the folder of pictures by class.", valueName: "path"))
  var path: String
  @Option(help: ArgumentHelp("The schema to hold the data against.", valueName: "file.yaml"))
  var schema: String?
  @Option(help: ArgumentHelp("Write the schema that the data fulfil.", valueName: "file.yaml"))
  var infer: String?
  @Option(help: ArgumentHelp("Also write a page.", valueName: "file.html"))
  var report: String?
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (schema == nil) != (infer == nil) else {
      throw ValidationError("Give --schema to check data, or --infer to write a schema")
    }
  }

  func run() async throws {
    let url = URL(filePath: path)
    let output = Output(isJSON: json)
    if let infer {
      let inferred = try DataSchema(inferredFrom: url)
      try inferred.write(to: URL(filePath: infer))
      try output.json(inferred)
      output.text("The schema is in \(infer). Read it: rules are guessed from what was seen.")
      return
    }
    guard let schema else { return }
    let validation = try DataValidation(of: url, against: DataSchema(readingFrom: schema))
    if let report { try validation.page().write(to: URL(filePath: report)) }
    try output.json(validation)
    if !json {
      output.text(
        "\(validation.source): "
          + (validation.isValid ? "keeps every rule of \(schema)." : "breaks rules of \(schema)."))
      for finding in validation.findings { output.text("\n" + finding.text()) }
    }
    if let report { output.text("\nThe page is in \(report).") }
    if !validation.isValid { throw ExitCode(1) }
  }
}
