public import MoruTensors

/// A way to change how many samples each class has, for learning where classes are unbalanced.
///
/// Only what is learned from may be resampled: samples that were copied or mixed before data are cut
/// would stand on both sides. So resampled data refuse to be cut, and `Pipeline` resamples the training
/// part of each fold.
public protocol Resampler: Sendable {
  /// What messages call it.
  var name: String { get }

  /// Which samples stay, how often, and which are made.
  ///
  /// - Parameter data: Everything that is learned from.
  /// - Parameter chance: Where every random choice comes from.
  /// - Throws: `DataError.noClasses`, `.resampling` if that cannot be done with such data.
  func plan(
    for data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> ResamplingPlan
}

extension Resampler {
  /// The samples to learn from instead of `data`.
  ///
  /// - Parameter seed: Decides every random choice.
  /// - Throws: `DataError.noClasses`, `.resampling` if that cannot be done with such data.
  public func resampled(_ data: Dataset, seed: Seed) throws(DataError) -> Dataset {
    var chance = SeededChance(seed)
    return try resampled(data, drawing: &chance)
  }

  package func resampled(
    _ data: Dataset, drawing chance: inout some Chance
  ) throws(DataError) -> Dataset {
    try data.resampled(by: plan(for: data, drawing: &chance), named: name)
  }

  public var name: String { "\(Self.self)" }
}

/// Which samples a resampler takes and which it makes.
public struct ResamplingPlan: Sendable, Equatable {
  /// A sample between two others: `base + step · (neighbor − base)`.
  public struct Mixture: Sendable, Equatable {
    /// The place of the sample that it starts from, whose class and weight it has.
    public let base: Int
    /// The place of the sample that it goes towards.
    public let neighbor: Int
    /// How far it goes, from 0 to 1.
    public let step: Double
    /// Values that are not mixed, by their places in a sample.
    public let fixed: [Int: Double]

    /// A sample between two others.
    public init(base: Int, neighbor: Int, step: Double, fixed: [Int: Double] = [:]) {
      self.base = base
      self.neighbor = neighbor
      self.step = step
      self.fixed = fixed
    }
  }

  /// Places of the samples that are taken as they are, in order, repeats allowed.
  public var taken: [Int]
  /// What stands behind those.
  public var made: [Mixture]

  /// Samples that are taken, and samples that are made.
  public init(taken: [Int], made: [Mixture] = []) {
    self.taken = taken
    self.made = made
  }
}
