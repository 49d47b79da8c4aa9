internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruWorkflow

/// `moru data clean`
struct DataCleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Write a cleaned copy of a table or a folder of pictures, and what was changed.",
    discussion: """
      The data stay as they are. Beside the copy a journal holds every change with the old value; \
      --undo brings the original back from both, byte for byte.

      Example: moru data clean parts.csv --target verdict --plan
      Example: moru data clean parts.csv --target verdict --apply --output clean.csv
      Example: moru data clean --undo clean.csv.journal.json --output original.csv
      """)

  /// Whether anything is written.
  enum Mode: String, EnumerableFlag {
    case plan, apply

    static func help(for value: Mode) -> ArgumentHelp? {
      value == .plan ? "Say what would be changed; write nothing." : "Write the cleaned copy."
    }
  }

  @Argument(help: ArgumentHelp("The table, or the folder of pictures by class.", valueName: "path"))
  var path: String?
  @Flag var mode: Mode = .plan
  @Option(help: ArgumentHelp("The column to be predicted, for tables.", valueName: "column"))
  var target: String?
  @Option(
    help: ArgumentHelp(
      "Steps to do besides the usual ones: missing-words, clip-outliers.", valueName: "steps"))
  var with: String?
  @Option(
    help: ArgumentHelp(
      "Steps to leave out: "
        + CleaningStep.usual.map(\.rawValue).joined(separator: ", ") + ".", valueName: "steps"))
  var without: String?
  @Option(help: ArgumentHelp("Where the copy, or the original, is written.", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("The journal of a cleaning to be taken back.", valueName: "file.json"))
  var undo: String?
  @Flag(help: "Print one JSON object: the journal.")
  var json = false

  func validate() throws {
    guard (path == nil) != (undo == nil) else {
      throw ValidationError("Give a path to clean, or --undo with a journal")
    }
    guard (mode == .plan && undo == nil) || output != nil else {
      throw ValidationError("Give --output, where to write")
    }
    _ = try steps
  }

  private var steps: Set<CleaningStep> {
    get throws {
      try Set(CleaningStep.usual).union(Self.steps(with)).subtracting(Self.steps(without))
    }
  }

  private static func steps(_ text: String?) throws -> [CleaningStep] {
    try (text ?? "").split(separator: ",").map { word in
      guard let step = CleaningStep(rawValue: String(word)) else {
        let known = CleaningStep.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no step '\(word)'. Steps are \(known)")
      }
      return step
    }
  }

  func run() async throws {
    let out = Output(isJSON: json)
    if let undo, let output {
      let journal = try DataCleaning.undo(
        journal: URL(filePath: undo), output: URL(filePath: output))
      try out.json(journal)
      out.text("\(journal.source) is back as \(output), byte for byte.")
      return
    }
    guard let path else { return }
    switch mode {
    case .plan:
      let journal = try DataCleaning.plan(of: URL(filePath: path), target: target, steps: steps)
      try out.json(journal)
      out.text("Would change \(Self.summary(journal))")
      if !json { out.text(Self.examples(journal)) }
      out.text("Nothing was written. Pass --apply and --output to do it.")
    case .apply:
      guard let output else { return }
      let (journal, file) = try DataCleaning.apply(
        to: URL(filePath: path), target: target, steps: steps, output: URL(filePath: output))
      try out.json(journal)
      out.text("Changed \(Self.summary(journal))")
      let encoding = journal.encoding.map { ", in \($0.title) like the original" } ?? ""
      out.text(
        "The copy is \(output)\(encoding); the journal beside it is \(file.lastPathComponent).")
    }
  }

  private static func summary(_ journal: CleaningJournal) -> String {
    let noun = journal.separator == nil ? "pictures" : "rows"
    let head = "\(journal.source): \(journal.countBefore) \(noun) → \(journal.countAfter)"
    guard !journal.counts.isEmpty else { return head + ". It is clean already." }
    var table = TextTable(["step", "changes", "what"])
    for (step, what, count) in journal.counts {
      table.append([step.rawValue, "\(count)", count == 1 ? what : what + "s"])
    }
    return head + "\n" + table.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  /// The first changes of each step.
  private static func examples(_ journal: CleaningJournal) -> String {
    let limit = 3
    let lines = CleaningStep.allCases.flatMap { step -> [String] in
      journal.cells.filter { $0.step == step }.prefix(limit).map {
        "line \($0.line), \($0.column): \($0.old) → \($0.new.isEmpty ? "no value" : $0.new)"
      }
        + journal.rows.filter { $0.step == step }.prefix(limit).map {
          "line \($0.line) out: \($0.reason)"
        } + journal.columns.filter { $0.step == step }.prefix(limit).map { "column \($0.name) out" }
        + journal.pictures.filter { $0.step == step }.prefix(limit).map {
          "\($0.path) aside: \($0.reason)"
        }
    }
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }
}
