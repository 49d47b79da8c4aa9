import Foundation

/// Moru's side of the benchmarks: lists its rows with `--list`, writes a model and a picture with
/// `--export FOLDER`, explains a row's program with `--explain ROW`, and works for the runner
/// otherwise.
@main
struct Main {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("--list", 1):
      for workload in Catalog.workloads { print(workload.name) }
    case ("--export", 2):
      try export(to: URL(filePath: arguments[2], directoryHint: .isDirectory))
    case ("--explain", 2): try await explain(arguments[2])
    default:
      var worker = Worker()
      try await worker.run()
    }
  }
}
