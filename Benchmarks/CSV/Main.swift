import Foundation
import Moru

/// Reads a CSV file several times as a whole, or streams it once, and prints the seconds and cells of
/// each time.
@main
enum CSVBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { fatalError("usage: CSVBenchmark FILE TIMES|stream") }
    let url = URL(filePath: arguments[1])
    if arguments[2] == "stream" {
      let start = ContinuousClock.now
      var cells = 0
      for try await table in try TableStream(at: url) {
        cells += table.rowCount * table.columns.count
      }
      print((ContinuousClock.now - start) / .seconds(1), cells)
    }
    for _ in 0..<(Int(arguments[2]) ?? 0) {
      let start = ContinuousClock.now
      let table = try Table(at: url)
      print((ContinuousClock.now - start) / .seconds(1), table.rowCount * table.columns.count)
    }
  }
}
