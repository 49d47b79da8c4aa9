import Foundation
import Moru

extension Throughput {
  /// CSV files read into memory.
  static let tables: [any Workload] = [
    table("CSV reals of 17 digits, 200,000 × 16"),
    table("CSV reals of 3 decimals, 200,000 × 16"),
    table("CSV whole numbers, 400,000 × 20"),
    table("CSV numbers and words, 800,000 × 7"),
    table("CSV numbers, words and texts of their own, 800,000 × 7"),
  ]

  /// The number of cells, and the sum of the first column.
  private static func table(_ name: String) -> any Workload {
    Throughput(name) { (table: Table) in
      guard case .numbers(let first) = table.columns[0].values else { return .nan }
      return Double(table.rowCount * table.columns.count) + first.reduce(0, +)
    } prepare: { folder in
      let file = folder.appending(path: "table.csv")
      return { try Table(at: file) }
    }
  }
}
