import Foundation
import Moru

/// Streams a CSV file once, and prints the seconds and cells.
@main
enum CSVBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 2 else {
      FileHandle.standardError.write(Data("Usage: CSVBenchmark FILE\n".utf8))
      exit(2)
    }
    let start = ContinuousClock.now
    var cells = 0
    for try await table in try TableStream(at: URL(filePath: arguments[1])) {
      cells += table.rowCount * table.columns.count
    }
    print((ContinuousClock.now - start) / .seconds(1), cells)
  }
}
