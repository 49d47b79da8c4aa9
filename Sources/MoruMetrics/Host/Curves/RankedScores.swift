/// Scores in descending order, each with the weight of its sample.
///
/// A score's bits are turned into a number that sorts the other way round, so that a radix sort orders
/// them in time that grows with their number alone.
protocol RankedScore: BitwiseCopyable {
  var key: UInt64 { get }
  var weight: Double { get }
}

/// A score of a sample that counts once.
struct PlainScore: RankedScore {
  let key: UInt64
  var weight: Double { 1 }
}

/// A score with its sample's weight.
struct WeightedScore: RankedScore {
  let key: UInt64
  let weight: Double
}

extension UInt64 {
  /// The number of a score: the greater the score, the smaller.
  init(descending score: Double) {
    // −0 and 0 are one score.
    let bits = (score + 0).bitPattern
    self = bits >> 63 == 0 ? ~bits & ~(1 << 63) : bits
  }

  /// The score of a number.
  var score: Double {
    Double(bitPattern: self >> 63 == 0 ? ~self & ~(1 << 63) : self)
  }
}

extension Array where Element: RankedScore {
  /// Sorts by key: one counting pass for each eleven bits in which keys differ.
  mutating func sortByKey() {
    guard count > 256 else { return sort { $0.key < $1.key } }
    let digitBits: UInt64 = 11
    let buckets = 1 << Int(digitBits)
    let mask = UInt64(buckets - 1)
    let (all, none) = reduce(into: (~UInt64(0), UInt64(0))) { found, element in
      found.0 &= element.key
      found.1 |= element.key
    }
    let differing = all ^ none
    var spare = self
    var starts = [Int](repeating: 0, count: buckets)
    for shift in stride(from: UInt64(0), to: 64, by: Int(digitBits)) {
      guard (differing >> shift) & mask != 0 else { continue }
      withUnsafeBufferPointer { source in
        spare.withUnsafeMutableBufferPointer { target in
          starts.withUnsafeMutableBufferPointer { starts in
            starts.update(repeating: 0)
            for element in source { starts[Int((element.key >> shift) & mask)] += 1 }
            var sum = 0
            for bucket in 0..<buckets {
              let size = starts[bucket]
              starts[bucket] = sum
              sum += size
            }
            for element in source {
              let bucket = Int((element.key >> shift) & mask)
              target[starts[bucket]] = element
              starts[bucket] += 1
            }
          }
        }
      }
      swap(&self, &spare)
    }
  }
}

extension [UInt64] {
  /// The number at a rank, 0 for the least: sixteen bits at a time, of the numbers that are still in
  /// question.
  func selected(_ rank: Int) -> UInt64 {
    guard count > 256 else { return sorted()[rank] }
    var (left, rank) = (self, rank)
    for shift in stride(from: UInt64(48), through: 0, by: -16) {
      var counts = [Int](repeating: 0, count: 1 << 16)
      for number in left { counts[Int(number >> shift & 0xFFFF)] += 1 }
      var digit = 0
      while rank >= counts[digit] {
        rank -= counts[digit]
        digit += 1
      }
      left = left.filter { $0 >> shift & 0xFFFF == digit }
    }
    return left[0]
  }
}
