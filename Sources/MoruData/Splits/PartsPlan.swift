public import MoruTensors

/// Samples dealt out to named parts so that what belongs together stays together, and every part has its
/// share of each class as far as that allows.
public struct PartsPlan: Sendable, Equatable {
  /// One part.
  public struct Part: Sendable, Equatable {
    /// What it is called, such as `train`.
    public let name: String
    /// Its share of all samples, 0…1.
    public let share: Double

    /// A part of a share.
    public init(name: String, share: Double) {
      self.name = name
      self.share = share
    }
  }

  /// The parts, in the order in which they were given.
  public let parts: [Part]
  /// Places of the samples of each part, ascending; together every sample once.
  public let members: [[Int]]

  /// Deals samples out. Those that are bound go first, the largest bundles before the smaller ones, each
  /// to the part that lacks most of its classes; single ones then fill what is left, at random.
  ///
  /// - Parameters:
  ///   - parts: Their shares sum to 1.
  ///   - classes: The class of each sample; all 0 for a split that is not stratified.
  ///   - bundles: Samples that must not be parted, each group once; the others are single.
  /// - Throws: `DataError.parts` if a part would be empty or have no sample of a class that has enough.
  public init(
    parts: [Part], classes: [Int], bundles: [[Int]], seed: Seed
  ) throws(DataError) {
    self.parts = parts
    let classCount = (classes.max() ?? -1) + 1
    var lacking = Self.quotas(parts, classes, classCount)
    let wanted = lacking
    var members = [[Int]](repeating: [], count: parts.count)
    var isBound = [Bool](repeating: false, count: classes.count)
    var generator = seed.child("bundles").generator
    let ordered = bundles.shuffled(using: &generator).enumerated()
      .sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    for bundle in ordered {
      var counts = [Double](repeating: 0, count: classCount)
      for sample in bundle {
        counts[classes[sample]] += 1
        isBound[sample] = true
      }
      // The share of its quota that a part still lacks, weighed by the bundle's classes.
      func need(_ part: Int) -> Double {
        (0..<classCount).reduce(0) { sum, place in
          sum + counts[place] * lacking[part][place] / max(wanted[part][place], 0.5)
        }
      }
      let needs = parts.indices.map(need)
      let best = needs.indices.max { (needs[$0], $1) < (needs[$1], $0) } ?? 0
      members[best] += bundle
      for place in 0..<classCount { lacking[best][place] -= counts[place] }
    }
    for place in 0..<classCount {
      var generator = seed.child("singles").child(place).generator
      let singles = classes.indices.filter { classes[$0] == place && !isBound[$0] }
        .shuffled(using: &generator)
      var rest = singles[...]
      for part in parts.indices.dropFirst() {
        let count = min(rest.count, max(0, Int(lacking[part][place].rounded())))
        members[part] += rest.prefix(count)
        rest = rest.dropFirst(count)
      }
      members[0] += rest
    }
    for part in parts.indices {
      members[part].sort()
      guard !members[part].isEmpty else {
        throw .parts(
          name: parts[part].name, problem: "would be empty",
          advice: "Choose larger shares, more samples or smaller groups.")
      }
    }
    self.members = members
  }

  /// How many samples of each class each part is to have: the first part takes what rounding leaves. A
  /// class of enough samples has one in every part.
  private static func quotas(
    _ parts: [Part], _ classes: [Int], _ classCount: Int
  ) -> [[Double]] {
    var totals = [Double](repeating: 0, count: classCount)
    for place in classes { totals[place] += 1 }
    var quotas = parts.map { part in totals.map { ($0 * part.share).rounded() } }
    for place in 0..<classCount {
      for part in parts.indices.dropFirst() where totals[place] >= Double(parts.count) {
        quotas[part][place] = max(1, quotas[part][place])
      }
      quotas[0][place] =
        totals[place] - quotas.dropFirst().reduce(0) { $0 + $1[place] }
    }
    return quotas
  }
}
