import Moru

/// Who got a letter, and who bought.
struct Campaign {
  private let letter: [Bool]
  private let bought: [Bool]

  init(_ table: Table) throws {
    func answers(_ name: String) throws -> [Bool] {
      let column = try table.column(name)
      return (0..<table.rowCount).map { column.text(at: $0) == "yes" }
    }
    letter = try answers("letter")
    bought = try answers("bought")
  }

  /// How far more of those with a letter bought than of those without.
  func effect(among rows: [Int], comparisons: Int) throws -> ProportionDifference {
    let (with, without) = (rows.filter { letter[$0] }, rows.filter { !letter[$0] })
    return try ProportionDifference(
      with.count { bought[$0] }, of: with.count, against: without.count { bought[$0] },
      of: without.count, comparisons: comparisons)
  }
}
