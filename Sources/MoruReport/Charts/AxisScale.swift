import Foundation

/// An axis whose ticks are round numbers: multiples of 1, 2 or 5 times a power of ten.
struct AxisScale {
  let lower: Double
  let upper: Double
  let step: Double

  /// Larger magnitudes are not drawn, so that differences stay finite.
  static let largestValue = 1e150

  /// Whether a value can be placed on an axis.
  static func canShow(_ value: Double) -> Bool { abs(value) <= largestValue }

  /// An axis that covers all values, about `tickCount` steps long.
  ///
  /// It starts at 0 where the values come close to it, as losses and counts do, if it may.
  init(covering values: [Double], tickCount: Int = 5, mayStartAtZero: Bool = true) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if mayStartAtZero, low >= 0, low < 0.25 * high { low = 0 }
    if high - low <= 1e-9 * max(abs(low), abs(high)) {
      let margin = high == 0 ? 1 : abs(high) * 0.1
      low -= margin
      high += margin
    }
    let step = Self.roundStep(atLeast: (high - low) / Double(tickCount))
    // The small allowance keeps a rounding error from adding an empty step.
    lower = (low / step + 1e-6).rounded(.down) * step
    upper = (high / step - 1e-6).rounded(.up) * step
    self.step = step
  }

  /// An axis of whole numbers that ends exactly at `first` and `last`, such as epochs.
  init(whole first: Int, through last: Int, tickCount: Int = 10) {
    lower = Double(first)
    upper = Double(last)
    step = max(1, Self.roundStep(atLeast: (upper - lower) / Double(tickCount)))
  }

  private static func roundStep(atLeast raw: Double) -> Double {
    guard raw > 0 else { return 1 }
    let power = pow(10, log10(raw).rounded(.down))
    let factor = [1.0, 2, 5].first { $0 * power >= raw * (1 - 1e-9) } ?? 10
    return factor * power
  }

  /// The multiples of the step within the axis.
  var ticks: [Double] {
    let first = (lower / step - 1e-6).rounded(.up)
    let last = (upper / step + 1e-6).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper; the middle of an axis without length.
  func position(_ value: Double) -> Double {
    upper > lower ? (value - lower) / (upper - lower) : 0.5
  }

  /// A tick in as many digits as the step needs.
  func label(_ tick: Double) -> String {
    if tick == 0 { return "0" }
    if step >= 1e6 || step < 1e-4 { return String(format: "%.4g", tick) }
    if step >= 1 { return tick.grouped }
    return String(format: "%.*f", Int((-log10(step) - 1e-9).rounded(.up)), tick)
  }
}

extension Double {
  /// A whole number with commas between thousands.
  var grouped: String {
    let digits = String(format: "%.0f", abs(self))
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return (self < 0 && digits != "0" ? "−" : "") + result
  }
}
