/// Pearson's correlations of the number columns of a table.
public struct Correlations: Codable, Sendable, Equatable {
  /// The columns.
  public let columns: [String]
  /// `[columns, columns]`, −1…1; nil where a column is constant or no row has both values.
  public let values: [[Double?]]

  /// More columns than these are not compared: the first ones are.
  static let columnLimit = 40

  /// Nil with fewer than two number columns.
  init?(_ table: Table) {
    let numeric = table.columns.compactMap { column -> (name: String, numbers: [Double])? in
      guard case .numbers(let numbers) = column.values else { return nil }
      return (column.name, numbers)
    }.prefix(Self.columnLimit)
    guard numeric.count > 1 else { return nil }
    columns = numeric.map(\.name)
    var values = [[Double?]](
      repeating: [Double?](repeating: nil, count: numeric.count), count: numeric.count)
    for one in numeric.indices {
      for other in 0...one {
        let value = Self.pearson(numeric[one].numbers, numeric[other].numbers)
        values[one][other] = value
        values[other][one] = value
      }
    }
    self.values = values
  }

  /// `Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²)` over the places where neither is NaN; nil if one of
  /// them does not vary there.
  static func pearson(_ first: [Double], _ second: [Double]) -> Double? {
    var (count, sumX, sumY) = (0.0, 0.0, 0.0)
    for (x, y) in zip(first, second) where !x.isNaN && !y.isNaN {
      count += 1
      sumX += x
      sumY += y
    }
    guard count > 1 else { return nil }
    let (meanX, meanY) = (sumX / count, sumY / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(first, second) where !x.isNaN && !y.isNaN {
      xx += (x - meanX) * (x - meanX)
      yy += (y - meanY) * (y - meanY)
      xy += (x - meanX) * (y - meanY)
    }
    guard xx > 0, yy > 0 else { return nil }
    return max(-1, min(1, xy / (xx.squareRoot() * yy.squareRoot())))
  }
}
