import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

/// The cases of one kind in the golden folder `verdict`.
func verdictCases(_ kind: String) -> [String] {
  GoldenFile.names(in: "verdict").filter { $0.hasPrefix(kind + "_") }
}

extension GoldenFile {
  init(verdict name: String) throws { try self.init("verdict", name) }

  /// A tensor's values.
  func numbers(_ name: String) throws -> [Double] {
    try tensor(name).converted(to: .float64).array(of: Double.self)
  }

  /// A tensor's values by rows.
  func rows(_ name: String) throws -> [[Double]] {
    let (values, width) = (try numbers(name), try tensor(name).shape.last ?? 1)
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  func integers(_ name: String) throws -> [Int] { try numbers(name).map { Int($0) } }

  func truths(_ name: String = "truth") throws -> [Bool] { try numbers(name).map { $0 == 1 } }

  /// The samples' weights; nil if the case has none.
  func weights() throws -> [Double]? { tensors["weights"] == nil ? nil : try numbers("weights") }

  func table(_ name: String) throws -> NumberTable { try NumberTable(rows: rows(name)) }
}

/// Whether two lists are equally long and differ nowhere by more than `tolerance` of the greatest.
func close(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-9) -> Bool {
  let scale = max(expected.map(abs).max() ?? 0, 1e-300)
  return found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * scale }
}
