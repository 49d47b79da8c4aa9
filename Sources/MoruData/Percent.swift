/// "12.5 %", "4.25 %", "0.04 %": a share of 1 in percent, with as many decimals as make it worth reading.
package func percent(_ share: Double) -> String {
  guard share.isFinite else { return "– %" }
  let size = 100 * abs(share)
  let scale = size >= 10 || size == 0 ? 10.0 : size >= 0.1 ? 100 : 10_000
  let rounded = (100 * share * scale).rounded() / scale
  return Table.Column.text(of: rounded) + " %"
}

/// A part of a total in percent.
package func percent(_ part: Int, of total: Int) -> String {
  percent(Double(part) / Double(max(total, 1)))
}
