/// A source of reproducible random numbers: a value, not a generator with hidden state.
///
/// The same seed gives the same numbers everywhere. Independent purposes take independent
/// children: `seed.child("shuffle").child(epoch)`.
public struct Seed: Hashable, Codable, Sendable, ExpressibleByIntegerLiteral {
  /// The 64 bits that decide everything.
  public let key: UInt64

  /// A seed from any whole number.
  public init(_ value: UInt64) { key = value }

  public init(integerLiteral value: UInt64) { key = value }

  /// An independent seed named by a number, such as an epoch.
  public func child(_ index: Int) -> Seed {
    let low = UInt64(bitPattern: Int64(index))
    let words = Philox.words(counter: counter(block: low, stream: 0x6368_696C), key: keyWords)
    return Seed(UInt64(words.x) | UInt64(words.y) << 32)
  }

  /// An independent seed named by a word, such as "shuffle".
  public func child(_ name: String) -> Seed {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a: stable across runs, unlike Hasher
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return child(Int(truncatingIfNeeded: hash))
  }

  /// A generator for Swift's `shuffled(using:)` and its like.
  public var generator: SeededGenerator { SeededGenerator(seed: self) }

  /// Independent numbers, uniform in [0, 1).
  public func uniform(count: Int) -> [Double] {
    var generator = generator
    return (0..<count).map { _ in generator.uniform() }
  }

  var keyWords: SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  func counter(block: UInt64, stream: UInt32) -> SIMD4<UInt32> {
    SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), stream, 0)
  }
}

/// The stream of 64-bit numbers of a seed, for algorithms that draw one after another.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private let seed: Seed
  private var block: UInt64 = 0
  private var spare: UInt64?

  init(seed: Seed) { self.seed = seed }

  /// The next number, uniform in [0, 1).
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  public mutating func next() -> UInt64 {
    if let spare {
      self.spare = nil
      return spare
    }
    let words = Philox.words(counter: seed.counter(block: block, stream: 0), key: seed.keyWords)
    block &+= 1
    spare = UInt64(words.z) | UInt64(words.w) << 32
    return UInt64(words.x) | UInt64(words.y) << 32
  }
}
