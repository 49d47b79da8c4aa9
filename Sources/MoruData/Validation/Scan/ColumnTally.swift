/// What a column holds, found as its rows go by.
final class ColumnTally {
  /// Cells without a value.
  private(set) var missing = 0
  private var least = Double.infinity
  private var greatest = -Double.infinity
  private var sum = 0.0
  private var present = 0
  private var values: DistinctSample

  /// - Parameter limit: Up to how many different values are counted rather than estimated.
  init(limit: Int) { values = DistinctSample(limit: limit) }

  func add(_ column: Table.Column, hashes: [UInt64]) {
    let missingBefore = missing
    switch column.values {
    case .numbers(let numbers):
      for (row, number) in numbers.enumerated() {
        guard !number.isNaN else {
          missing += 1
          continue
        }
        least = min(least, number)
        greatest = max(greatest, number)
        sum += number
        values.add(hashes[row])
      }
      present += numbers.count - (missing - missingBefore)
    case .text(let codes, let categories):
      var counts = [Int](repeating: 0, count: categories.count)
      for code in codes {
        if code < 0 { missing += 1 } else { counts[Int(code)] += 1 }
      }
      for (category, count) in zip(categories, counts) where count > 0 {
        values.add(CellHash.hash(category), times: count)
      }
      present += codes.count - (missing - missingBefore)
    }
  }

  /// Whether no value was found twice.
  private var isUnique: Bool { values.entries.values.allSatisfy { $0.count == 1 } }

  /// What a report says of the column.
  func column(named name: String, kind: Table.Column.Kind) -> DataReport.Column {
    let isUnique = isUnique
    let isNumber = kind != .text && present > 0
    return DataReport.Column(
      name: name, type: kind.rawValue, missing: missing,
      distinct: isUnique ? present : min(values.distinct, present),
      isDistinctEstimated: !values.isExact && !isUnique, minimum: isNumber ? least : nil,
      mean: isNumber ? sum / Double(present) : nil, maximum: isNumber ? greatest : nil,
      isConstant: values.isExact && values.distinct == 1)
  }
}
