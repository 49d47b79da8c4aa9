import Foundation
import Testing

/// What `--help` says is part of the program: a change shows here. To accept it, write the new text
/// with `moru SUBCOMMAND --help` into `Fixtures/help`.
@Test(
  arguments: [
    "", "train", "compare", "evaluate", "predict", "generate", "forecast", "anomaly", "anomaly fit",
    "anomaly judge", "compress", "explain", "data", "data inspect", "data validate", "data clean",
    "data split", "data augment", "models", "models list", "models show", "models alias",
    "models import", "models export", "zoo", "zoo list", "zoo show", "runs", "runs list",
    "runs show", "serve",
  ])
func helpIsAsRecorded(subcommand: String) async throws {
  let folder = try TestFolder()
  let arguments = subcommand.split(separator: " ").map(String.init) + ["--help"]
  let outcome = try await MoruProcess.run(arguments, in: folder.url)
  let name = subcommand.isEmpty ? "moru" : subcommand.replacing(" ", with: "-")
  let file = Bundle.module.url(
    forResource: name, withExtension: "txt", subdirectory: "Fixtures/help")
  let recorded = try String(contentsOf: #require(file), encoding: .utf8)
  #expect(outcome.output == recorded)
  #expect(outcome.code == 0)
  #expect(outcome.errors.isEmpty)
  #expect(outcome.output.contains("Example: moru"))
}
