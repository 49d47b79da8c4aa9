internal import Foundation
internal import MoruArchive
internal import MoruCPU

extension ProgramExplanation {
  /// A line for each step.
  ///
  /// - Parameter byTime: Whether the slowest step comes first.
  func stepTable(byTime: Bool, _ ceiling: MachineCeiling?) -> String {
    var numbered = Array(steps.enumerated())
    if byTime { numbered.sort { ($1.element.seconds ?? 0) < ($0.element.seconds ?? 0) } }
    let timeHeads = seconds == nil ? [] : ["µs", "GFLOP/s", "GB/s", "of ceiling"]
    var table = TextTable(
      ["step", "kind", "what", "layouts", "kernel", "thr", "read", "written", "MFLOP"] + timeHeads,
      leftColumns: 5)
    for (index, step) in numbered {
      let reached = ceiling?.fraction(reachedBy: step)
      let times =
        seconds == nil
        ? []
        : [
          Self.microseconds(step.seconds), Self.rate(step.gigaflops),
          Self.rate(step.gigabytesPerSecond), reached.map { Self.percent(min($0, 9.99)) } ?? "",
        ]
      table.append(
        [
          "\(index + 1)", step.kind, Self.shortened(step.detail),
          step.layouts.joined(separator: " "), step.implementation, "\(step.threads)",
          step.bytesRead.bytesText, step.bytesWritten.bytesText,
          String(format: "%.2f", Double(step.flopCount) / 1e6),
        ] + times)
    }
    return table.text
  }

  /// A line for each kind of step.
  var kindTable: String {
    var table = TextTable(
      ["kind", "steps", "share", "bytes", "MFLOP"]
        + (seconds == nil ? [] : ["µs", "GFLOP/s", "GB/s"]))
    for total in totals {
      table.append(
        [
          total.kind, "\(total.count)", Self.percent(total.share), total.byteCount.bytesText,
          String(format: "%.2f", Double(total.flopCount) / 1e6),
        ]
          + (seconds == nil
            ? []
            : [
              Self.microseconds(total.seconds), Self.rate(total.gigaflops),
              Self.rate(total.gigabytesPerSecond),
            ]))
    }
    return table.text
  }

  /// Sums, memory and speed.
  func wholeText(_ ceiling: MachineCeiling?) -> String {
    var lines = [
      "\(steps.count) steps, \(reorderCount) reorders, \(threads) threads, "
        + String(format: "%.3f GFLOP, ", Double(flopCount) / 1e9)
        + "\(byteCount.bytesText) read and written",
      "memory \(memory.totalBytes.bytesText): intermediate values "
        + "\(memory.plannedPeakBytes.bytesText) (at least "
        + "\(memory.lowerBoundBytes.bytesText) for this order of steps), resident "
        + "\(memory.residentBytes.bytesText), constants and inputs "
        + "\(memory.constantBytes.bytesText), scratch \(memory.scratchBytes.bytesText)",
    ]
    if let seconds, let gigaflops {
      lines.append(
        String(format: "%.3f ms a run, ", seconds * 1e3) + "\(Self.rate(gigaflops)) GFLOP/s")
      if let ceiling {
        lines[lines.count - 1] +=
          ", \(Self.percent(gigaflops / ceiling.gigaflops)) of the machine's "
          + "\(Self.rate(ceiling.gigaflops)) GFLOP/s; memory \(Self.rate(ceiling.gigabytesPerSecond)) GB/s"
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func shortened(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(57) + "…"
  }

  private static func microseconds(_ seconds: Double?) -> String {
    seconds.map { String(format: "%.1f", $0 * 1e6) } ?? ""
  }

  private static func rate(_ value: Double?) -> String {
    value.map { String(format: $0 < 10 ? "%.1f" : "%.0f", $0) } ?? ""
  }

  private static func percent(_ share: Double) -> String { String(format: "%.0f %%", share * 100) }
}
