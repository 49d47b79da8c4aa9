import MoruTensors

/// Where resamplers and shuffling splitters get their random numbers from.
public protocol Chance {
  /// Whole numbers from 0 to below `bound`, with repeats.
  mutating func places(_ count: Int, below bound: Int) -> [Int]
  /// Different whole numbers from 0 to below `bound`, at most so many.
  mutating func differentPlaces(_ count: Int, below bound: Int) -> [Int]
  /// Numbers from 0 to below 1.
  mutating func fractions(_ count: Int) -> [Double]
}

/// The random numbers of a seed.
struct SeededChance: Chance {
  private var generator: SeededGenerator

  init(_ seed: Seed) { generator = seed.generator }

  mutating func places(_ count: Int, below bound: Int) -> [Int] {
    (0..<count).map { _ in Int.random(in: 0..<bound, using: &generator) }
  }

  mutating func differentPlaces(_ count: Int, below bound: Int) -> [Int] {
    Array((0..<bound).shuffled(using: &generator).prefix(count))
  }

  mutating func fractions(_ count: Int) -> [Double] {
    (0..<count).map { _ in generator.uniform() }
  }
}
