public import Foundation
public import MoruTensors

/// A table cut into parts between which no row of one group and no nearly equal row is shared.
public struct TableSplit: Sendable {
  /// Which row went where; rows from 0.
  public let plan: PartsPlan
  /// The parts as files, in the plan's order: the header, then the rows as they stood.
  public let files: [Data]
  /// How many rows were kept together with others.
  public let boundCount: Int
  /// The classes and how many rows of each every part has; empty without classes.
  public let classCounts: [(label: String, counts: [Int])]

  /// Cuts a CSV or TSV file.
  ///
  /// - Parameters:
  ///   - target: The column whose classes every part has in proportion; nil for none. Of a target of
  ///     numbers the fifths are.
  ///   - group: The column whose equal values stay on one side; nil for none.
  /// - Throws: `DataError` naming file, line and column; `.parts` if a part would be empty.
  public init(
    of url: URL, target: String?, group: String?, parts: [PartsPlan.Part], seed: Seed
  ) throws(DataError) {
    let table = try Table(at: url)
    let inspected = try InspectedTable(table, target: target)
    let (classes, labels) = try Self.classes(inspected)
    var sets = DisjointSets(count: table.rowCount)
    // Rows of different groups may be one thing all the same.
    let inputs = inspected.inputs.filter { $0.name != group }
    if let near = DuplicateCheck.near(inputs, rowCount: table.rowCount) {
      for bundle in near.groups { for row in bundle { sets.join(bundle[0], row) } }
    }
    for bundle in Duplicates(
      count: table.rowCount, keys: inputs.map(\.keys), targets: nil
    ).groups {
      for row in bundle { sets.join(bundle[0], row) }
    }
    if let group {
      var firsts: [Int64: Int] = [:]
      for (row, key) in try table.column(group).keys.enumerated() {
        // Rows without a group belong to none.
        guard try table.column(group).text(at: row) != nil else { continue }
        if let first = firsts[key] { sets.join(first, row) } else { firsts[key] = row }
      }
    }
    let bundles = sets.groups()
    boundCount = bundles.reduce(0) { $0 + $1.count }
    let plan = try PartsPlan(parts: parts, classes: classes, bundles: bundles, seed: seed)
    self.plan = plan
    classCounts = labels.enumerated().map { place, label in
      (label, plan.members.map { rows in rows.count { classes[$0] == place } })
    }
    let name = url.lastPathComponent.lowercased()
    let isTabbed = [".tsv", ".tab", ".tsv.gz", ".tab.gz"].contains { name.hasSuffix($0) }
    let raw = try RawTable(
      Array(FileBytes.read(url)), separator: isTabbed ? 0x09 : 0x2C, source: table.source)
    guard raw.rows.count == table.rowCount else {
      throw .inconsistent("\(table.source) was changed while it was being read")
    }
    files = plan.members.map { rows in
      var bytes = raw.prefix + raw.header.bytes(separator: raw.separator)
      for row in rows {
        bytes += Array(raw.rows[row].fields.joined(separator: [raw.separator]))
        bytes += raw.rows[row].end.isEmpty ? raw.header.end : raw.rows[row].end
      }
      return Data(bytes)
    }
  }

  /// The class of each row, rows without a target in a class of their own; all 0 without a target.
  private static func classes(
    _ inspected: InspectedTable
  ) throws(DataError) -> (places: [Int], labels: [String]) {
    switch inspected.targetValues {
    case nil: return ([Int](repeating: 0, count: inspected.table.rowCount), [])
    case .classes(let places, let labels):
      let hasMissing = places.contains(-1)
      return (
        places.map { $0 < 0 ? labels.count : $0 }, labels + (hasMissing ? ["(no value)"] : [])
      )
    case .numbers(let numbers):
      let edges = Quantiles.edges(of: numbers.filter { !$0.isNaN }.sorted(), bins: 5)
      return (numbers.map { $0.isNaN ? 0 : Quantiles.bin(of: $0, in: edges) }, [])
    }
  }
}
