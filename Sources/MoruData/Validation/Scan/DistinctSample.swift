/// How often different values occur, by their 64-bit hashes, in bounded memory: all of them while there
/// are few, then those of one in 2, 4, 8, … hashes, which stand for the others.
///
/// A value is kept or dropped with all of its occurrences, so that of what is kept counts are exact.
///
/// - Source: Gibbons 2001, "Distinct sampling for highly-accurate answers to distinct values queries and
///   event reports", VLDB; the sampling is Wegman's, after Flajolet 1990, doi:10.1007/BF02241657.
struct DistinctSample: Sendable {
  /// What is known of a value that is kept.
  struct Entry: Sendable {
    /// How often it occurred.
    var count = 1
    /// The hash of the target it first occurred with.
    let target: UInt64
    /// The line of the file in which it first occurred.
    let line: Int
    /// How often it occurred with a target other than the first.
    var otherTargets = 0
  }

  /// Most values that are kept.
  let limit: Int
  /// One in `2^level` hashes is kept.
  private(set) var level = 0
  private(set) var entries: [UInt64: Entry] = [:]

  init(limit: Int) { self.limit = limit }

  /// Whether all values were kept.
  var isExact: Bool { level == 0 }

  /// How many different values there are.
  var distinct: Int { entries.count << level }

  /// Notes an occurrence of the value with this hash.
  ///
  /// - Returns: Where it first occurred; nil if it did so here, or is not kept.
  @discardableResult
  mutating func add(_ hash: UInt64, target: UInt64 = 0, line: Int = 0, times: Int = 1) -> Int? {
    guard hash.trailingZeroBitCount >= level else { return nil }
    if let known = entries[hash] {
      entries[hash]?.count += times
      if known.target != target { entries[hash]?.otherTargets += times }
      return known.line
    }
    entries[hash] = Entry(count: times, target: target, line: line)
    while entries.count > limit {
      level += 1
      entries = entries.filter { $0.key.trailingZeroBitCount >= level }
    }
    return nil
  }

  /// The sum of a figure of all values, of which those that are kept are a share.
  func total(_ figure: (Entry) -> Int) -> Int {
    entries.values.reduce(0) { $0 + figure($1) } << level
  }

  /// How many different values two samples have in common, and where one of them occurred in each.
  func common(with other: DistinctSample) -> (count: Int, lines: [(Int, Int)]) {
    let level = max(level, other.level)
    let pairs = entries.filter { $0.key.trailingZeroBitCount >= level }.compactMap { hash, entry in
      other.entries[hash].map { (entry.line, $0.line) }
    }.sorted { $0.0 < $1.0 }
    return (pairs.count << level, pairs)
  }
}

/// Hashes of cells and rows that are the same in every process.
enum CellHash {
  static let missing: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Mixes the bits of a word, after MurmurHash3's last step.
  @inline(__always)
  static func mixed(_ word: UInt64) -> UInt64 {
    var word = (word ^ word >> 33) &* 0xFF51_AFD7_ED55_8CCD
    word = (word ^ word >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return word ^ word >> 33
  }

  /// A hash of each cell of a column.
  static func hashes(_ column: Table.Column) -> [UInt64] {
    switch column.values {
    case .numbers(let numbers):
      numbers.map { $0.isNaN ? missing : hash($0) }
    case .text(let codes, let categories):
      hashes(codes, of: categories.map(hash))
    }
  }

  /// A hash of a text; of a number in its usual spelling the number's, which another file may hold as one.
  static func hash(_ text: String) -> UInt64 {
    let bytes = Array(text.utf8)
    if let number = bytes.withUnsafeBytes({ NumberParser.number(alone: $0) }),
      Table.Column.text(of: number) == text
    {
      return hash(number)
    }
    return mixed(Fingerprint(of: bytes).value)
  }

  private static func hash(_ number: Double) -> UInt64 { mixed((number + 0).bitPattern ^ missing) }

  private static func hashes(_ codes: [Int32], of categories: [UInt64]) -> [UInt64] {
    codes.map { $0 < 0 ? missing : categories[Int($0)] }
  }

  /// The hash of cells beside each other.
  @inline(__always)
  static func joined(_ one: UInt64, _ other: UInt64) -> UInt64 {
    mixed(one &* 0x9FB2_1C65_1E98_DF25 ^ other)
  }
}
