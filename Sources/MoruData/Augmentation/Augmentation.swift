import Foundation
public import MoruArchive
public import MoruTensors

/// A random change of samples that a model shall not mind, for more of them than there are.
///
/// What becomes of a sample is decided by a seed that is the sample's own, so that it is the same
/// whatever other samples there are and however many threads work.
public protocol Augmentation: NamedPart {}

/// What an augmentation knows of the picture it draws for.
public struct PictureFrame: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// Whether a mask or boxes belong to the picture.
  public let hasRegions: Bool

  /// A picture of this size.
  public init(height: Int, width: Int, hasRegions: Bool = false) {
    self.height = height
    self.width = width
    self.hasRegions = hasRegions
  }
}

/// An augmentation of pictures: chance decides what is done, before anything is done.
public protocol PictureAugmentation: Augmentation {
  /// What is done to a picture, in this order; nothing if the list is empty.
  func draw(
    for frame: PictureFrame, using generator: inout SeededGenerator
  ) -> [PictureOperation]
}

/// An augmentation of series.
public protocol SeriesAugmentation: Augmentation {
  /// The series changed. `[time, features] → [time, features]`, Float32.
  func augmented(_ series: Series, using generator: inout SeededGenerator) -> Series
}

/// An augmentation that mixes the samples of a batch.
public protocol BatchAugmentation: Augmentation {
  /// The batch with its samples mixed. Targets that were classes become shares of each class.
  ///
  /// - Throws: `DataError.inconsistent` if the samples are not such as can be mixed.
  func mixed(
    _ batch: Dataset, using generator: inout SeededGenerator
  ) throws(DataError) -> Dataset
}

/// Codes an augmentation of any kind: a name, or an object with `kind` and its settings.
public struct AugmentationBox: Codable, Sendable {
  /// The augmentation.
  public let augmentation: any Augmentation

  /// Boxes an augmentation for coding.
  public init(_ augmentation: any Augmentation) { self.augmentation = augmentation }

  public init(from decoder: any Decoder) throws {
    augmentation = try decoder.part("augmentation", among: augmentationCatalog)
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: augmentation) }
}

extension SeededGenerator {
  /// A number of a range.
  mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A number of a factor's range.
  mutating func uniform(_ factor: RandomFactor) -> Double { uniform(factor.low, factor.high) }

  /// True with a probability.
  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// A number normally distributed about 0 with deviation 1.
  ///
  /// - Source: Box, Muller 1958, doi:10.1214/aoms/1177706645.
  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}

extension Fields {
  /// How likely something is, 0 to 1.
  func probability(_ key: Key, default standard: Double) throws -> Double {
    try number(key, default: standard, in: 0...1)
  }

  /// A factor whose ends lie in a range.
  func factor(
    _ key: Key, default standard: RandomFactor, in range: ClosedRange<Double>
  ) throws -> RandomFactor {
    let factor = try value(key, default: standard)
    guard range.contains(factor.low), range.contains(factor.high), factor.low <= factor.high else {
      throw outOfRange(
        key, "between \(range.lowerBound) and \(range.upperBound), one number or [low, high]")
    }
    return factor
  }
}
