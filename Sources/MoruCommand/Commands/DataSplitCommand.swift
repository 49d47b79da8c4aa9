internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruTensors
internal import MoruWorkflow

/// `moru data split`
struct DataSplitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Write train, validation and test parts that share nothing.",
    discussion: """
      Every part has its share of each class. Rows of one group, equal and nearly equal rows, and \
      pictures that look the same stay on one side. Tables become train.csv and test.csv, pictures \
      train/CLASS/FILE; split.json says how.

      Example: moru data split parts.csv --target verdict --group lot --test 0.2 --output parts
      """)

  @Argument(help: ArgumentHelp("The table, or the folder of pictures by class.", valueName: "path"))
  var path: String
  @Option(help: ArgumentHelp("The column to be predicted, for tables.", valueName: "column"))
  var target: String?
  @Option(
    help: ArgumentHelp(
      "The column whose equal values stay on one side, such as a lot.", valueName: "column"))
  var group: String?
  @Option(help: "The share of the test part, between 0 and 1.")
  var test = 0.2
  @Option(help: "The share of the validation part, from 0 (none).")
  var validation = 0.0
  @Option(help: "Decides which sample comes into which part.")
  var seed: UInt64 = 0
  @Flag(help: "Make hard links to pictures in place of copies.")
  var link = false
  @Option(help: ArgumentHelp("The new folder.", valueName: "folder"))
  var output: String
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let split = try DataSplit(
      of: URL(filePath: path),
      .init(
        target: target, group: group, test: test, validation: validation, seed: Seed(seed),
        isLinked: link), output: URL(filePath: output))
    let out = Output(isJSON: json)
    try out.json(split)
    let labels = Set(split.parts.flatMap(\.classes.keys)).sorted()
    var table = TextTable(["part", "samples"] + labels)
    for part in split.parts {
      table.append([part.name, "\(part.count)"] + labels.map { "\(part.classes[$0] ?? 0)" })
    }
    out.text(table.text)
    if split.bound > 0 {
      out.text("\(split.bound) samples stayed with others: of one group, or nearly equal.")
    }
    out.text("The parts are in \(output).")
  }
}
