internal import Foundation
internal import MoruTensors

/// How the values of a column spread: bins of numbers, or categories.
public struct Distribution: Codable, Sendable, Equatable {
  /// A bin or a category.
  public struct Part: Codable, Sendable, Equatable {
    /// The category, or the bin's numbers: `[0, 10)`.
    public let label: String
    /// Cells.
    public let count: Int
    /// Cells by class of the target, in the order of the classes; nil without classes.
    public let classCounts: [Int]?
  }

  /// The column.
  public let column: String
  /// The edges of the bins, one more than there are; nil for categories.
  public let edges: [Double]?
  /// The bins from low to high, or the categories from frequent to rare.
  public let parts: [Part]
  /// Cells in rarer categories than those listed.
  public let otherCount: Int
  /// Cells without a value.
  public let missingCount: Int

  /// At most so many bins.
  static let binLimit = 30
  /// At most so many categories are listed.
  static let categoryLimit = 12

  /// - Parameter classes: The class of each row, −1 for none; nil without classes.
  init(_ column: Table.Column, classes: [Int]?, classCount: Int) {
    self.column = column.name
    missingCount = column.missingCount
    switch column.values {
    case .numbers(let numbers):
      let edges = Self.edges(of: numbers.filter { !$0.isNaN }, isWhole: column.kind == .whole)
      self.edges = edges
      otherCount = 0
      let binCount = max(edges.count - 1, 0)
      let bins = numbers.map { $0.isNaN ? -1 : Self.bin(of: $0, in: edges) }
      parts = Self.parts(
        of: bins, labels: (0..<binCount).map { "\(edges[$0])…\(edges[$0 + 1])" }, classes,
        classCount)
    case .text(let codes, let categories):
      edges = nil
      let all = Self.parts(
        of: codes.map { Int($0) }, labels: categories, classes, classCount
      ).enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
        .map(\.element)
      parts = Array(all.prefix(Self.categoryLimit))
      otherCount = all.dropFirst(Self.categoryLimit).reduce(0) { $0 + $1.count }
    }
  }

  private static func parts(
    of places: [Int], labels: [String], _ classes: [Int]?, _ classCount: Int
  ) -> [Part] {
    var counts = [Int](repeating: 0, count: labels.count)
    var byClass = [[Int]](
      repeating: [Int](repeating: 0, count: classes == nil ? 0 : classCount), count: labels.count)
    for (row, place) in places.enumerated() where place >= 0 {
      counts[place] += 1
      if let classes, classes[row] >= 0 { byClass[place][classes[row]] += 1 }
    }
    return labels.indices.map { place in
      Part(
        label: labels[place], count: counts[place],
        classCounts: classes == nil ? nil : byClass[place])
    }
  }

  /// Equally wide bins, their number by Freedman and Diaconis; of few whole numbers one bin each.
  ///
  /// - Source: Freedman, Diaconis 1981, doi:10.1007/BF01025868.
  private static func edges(of numbers: [Double], isWhole: Bool) -> [Double] {
    guard let low = numbers.min(), let high = numbers.max() else { return [] }
    guard low < high else { return [low - 0.5, low + 0.5] }
    if isWhole, high - low < Double(binLimit) {
      return stride(from: low - 0.5, through: high + 0.5, by: 1).map { $0 }
    }
    let sorted = numbers.sorted()
    let spread = sorted.quantile(0.75) - sorted.quantile(0.25)
    let width = 2 * spread / cbrt(Double(numbers.count))
    let wanted = width > 0 ? (high / width - low / width).rounded(.up) : Double(binLimit)
    let count = Int(max(5, min(Double(binLimit), wanted)))
    // Halves first, so that the span of the largest numbers stays finite.
    return (0...count).map { place in
      let share = Double(place) / Double(count)
      return place == count ? high : low * (1 - share) + high * share
    }
  }

  private static func bin(of number: Double, in edges: [Double]) -> Int {
    var (low, high) = (0, edges.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if edges[middle] <= number { low = middle } else { high = middle }
    }
    return low
  }
}
