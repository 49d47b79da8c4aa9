extension ProgramExplanation {
  /// What all steps of one kind come to.
  public struct Total: Sendable, Equatable, Codable {
    /// The sort of step.
    public let kind: String
    /// Number of steps.
    public let count: Int
    /// Part of the whole, 0 to 1: of the time if it was measured, else of the bytes.
    public let share: Double
    /// Bytes read and written.
    public let byteCount: Int
    /// Floating-point operations.
    public let flopCount: Int
    /// Sum of the least times; nil if none was measured.
    public let seconds: Double?

    /// 10⁹ floating-point operations a second; nil if no time was measured.
    public var gigaflops: Double? { seconds.map { Double(flopCount) / max($0, 1e-9) / 1e9 } }
    /// 10⁹ bytes read and written a second; nil if no time was measured.
    public var gigabytesPerSecond: Double? {
      seconds.map { Double(byteCount) / max($0, 1e-9) / 1e9 }
    }
  }

  /// The steps by kind, the kind with the greatest share first.
  public var totals: [Total] {
    Dictionary(grouping: steps, by: \.kind).map { kind, steps in
      Total(
        kind: kind, count: steps.count, share: share(of: steps),
        byteCount: steps.reduce(0) { $0 + $1.byteCount },
        flopCount: steps.reduce(0) { $0 + $1.flopCount }, seconds: seconds(of: steps))
    }.sorted { ($1.share, $0.kind) < ($0.share, $1.kind) }
  }

  /// The part that some steps have of the whole: of the time if it was measured, else of the bytes.
  func share(of part: [Step]) -> Double {
    if let whole = seconds(of: steps), let part = seconds(of: part) {
      return whole > 0 ? part / whole : 0
    }
    return byteCount > 0 ? Double(part.reduce(0) { $0 + $1.byteCount }) / Double(byteCount) : 0
  }

  private func seconds(of steps: [Step]) -> Double? {
    let times = steps.compactMap(\.seconds)
    return times.count == steps.count && seconds != nil ? times.reduce(0, +) : nil
  }
}
