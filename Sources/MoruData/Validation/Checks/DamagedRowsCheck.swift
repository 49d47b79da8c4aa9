/// Rows that could not be read, and were left out.
struct DamagedRowsCheck: TableCheck {
  func findings(in inspected: InspectedTable) -> [Finding] {
    guard let reading = inspected.reading, reading.skippedCount > 0 else { return [] }
    let count = reading.skippedCount
    return [
      Finding(
        .damagedRows, .problem, count: count,
        "\(counted(count, "row")) (\(percent(count, of: reading.found))) "
          + "\(count == 1 ? "is" : "are") damaged and could not be read.",
        examples: reading.skipped.prefix(Finding.exampleLimit).map { "\($0.place): \($0.reason)" },
        advice:
          "Correct them where they come from. `moru data clean` takes them out, and keeps them "
          + "in its journal; training leaves them out with `damaged: skip`.")
    ]
  }
}
