import MoruArchive

extension Fields {
  /// How much of something is kept: at least 0 and below 1, where averages would never move.
  func fraction(_ key: Key, default standard: Double) throws -> Double {
    let number: Double = try value(key, default: standard)
    guard (0..<1).contains(number) else {
      throw outOfRange(key, "at least 0 and below 1, not \(number)")
    }
    return number
  }
}
