internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruWorkflow

/// `moru runs show`
struct RunsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a run: settings, figures by epoch, and files.",
    discussion: """
      RUN may be cut short as long as it stands for one run only.

      Example: moru runs show 20261121-0403
      """)

  @Argument(help: ArgumentHelp("The run, or the beginning of its name.", valueName: "run"))
  var run: String
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let (place, store) = try workspace.existingWorkspace()
    let found = try await find(in: store)
    let metrics = try await store.metrics(of: found.id)
    let artifacts = try await store.artifacts(of: found.id)
    let output = Output(isJSON: json)
    if json {
      return try output.json(
        RunDetailsJSON(
          run: RunJSON(found),
          metrics: metrics.map { .init(name: $0.name, step: $0.step, value: $0.value) },
          artifacts: artifacts.map { .init(name: $0.name, checksum: $0.checksum.hex) }))
    }
    output.text("\(found.id)  \(found.name)  \(found.status.rawValue)")
    output.text("  " + Self.times(found))
    if let failure = found.failure { output.text("  \(failure)") }
    var table = TextTable(["setting", "value"], leftColumns: 2)
    for (name, value) in Self.settings(found) { table.append([name, value]) }
    output.section("Settings", table.text)
    let tests = metrics.filter { $0.name.hasPrefix("test_") }
    if let epochs = Self.epochs(metrics) { output.section("Figures by epoch", epochs) }
    if !tests.isEmpty {
      output.section(
        "On test data",
        tests.map { "\($0.name.dropFirst(5)) " + String(format: "%.6g", $0.value) }
          .joined(separator: "\n"))
    }
    if !artifacts.isEmpty {
      output.section(
        "Files",
        artifacts.map { "\($0.name)  \(place.artifact($0.checksum).relativePath)" }
          .joined(separator: "\n"))
    }
  }

  /// The run of this name, or the only one whose name begins so.
  private func find(in store: any RunStore) async throws -> Run {
    let matches = try await store.runs().filter { $0.id.rawValue.hasPrefix(run) }
    guard matches.count > 1 else {
      if let match = matches.first { return match }
      return try await store.run(RunID(rawValue: run))
    }
    throw WorkflowError.several(run, matches: matches.map(\.id.rawValue))
  }

  private static func times(_ run: Run) -> String {
    guard let end = run.endedAt else { return "started \(run.startedAt.ISO8601Format())" }
    let seconds = end.timeIntervalSince(run.startedAt)
    return "started \(run.startedAt.ISO8601Format()), took " + seconds.secondsText
  }

  private static func settings(_ run: Run) -> [(String, String)] {
    run.parameters.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
      + (run.lineage.seed.map { [("seed", "\($0)")] } ?? [])
      + (run.lineage.dataChecksum.map { [("data_checksum", $0.hex)] } ?? [])
      + (run.lineage.codeVersion.map { [("moru", $0)] } ?? [])
  }

  /// For each candidate one row for each epoch, one column for each figure; nil if there are none.
  private static func epochs(_ metrics: [MetricPoint]) -> String? {
    let points = metrics.filter { !$0.name.hasPrefix("test_") }
    let groups = Dictionary(grouping: points) { point in
      point.name.contains("/") ? String(point.name.prefix { $0 != "/" }) : ""
    }
    guard !groups.isEmpty else { return nil }
    return groups.sorted { $0.key < $1.key }.map { candidate, points in
      (candidate.isEmpty ? "" : candidate + "\n") + table(points)
    }.joined(separator: "\n\n")
  }

  private static func table(_ points: [MetricPoint]) -> String {
    let names = Set(points.map(\.name)).sorted()
    let values = Dictionary(points.map { (Cell(name: $0.name, step: $0.step), $0.value) }) { $1 }
    var table = TextTable(
      ["epoch"] + names.map { String($0.split(separator: "/").last ?? "") }, leftColumns: 0)
    for step in Set(points.map(\.step)).sorted() {
      table.append(
        ["\(step)"]
          + names.map { name in
            values[Cell(name: name, step: step)].map { String(format: "%.4g", $0) } ?? ""
          })
    }
    return table.text
  }

  private struct Cell: Hashable {
    let name: String
    let step: Int
  }
}

/// A run with all that was recorded, as JSON.
private struct RunDetailsJSON: Encodable {
  struct Point: Encodable {
    let name: String
    let step: Int
    let value: Double
  }

  struct Artifact: Encodable {
    let name: String
    let checksum: String
  }

  let run: RunJSON
  let metrics: [Point]
  let artifacts: [Artifact]
}
