/// `value` to the nearest multiple of `divisor`, or to the next one if that is less than nine tenths of
/// it: how mobile networks count channels.
func divisible(_ value: Double, by divisor: Int) -> Int {
  let half = Double(divisor) / 2
  let rounded = max(divisor, Int(value + half) / divisor * divisor)
  return Double(rounded) < 0.9 * value ? rounded + divisor : rounded
}
