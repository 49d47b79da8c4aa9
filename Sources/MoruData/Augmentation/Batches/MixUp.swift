import MoruArchive
public import MoruTensors

/// Mixes each sample of a batch with another one, and their targets by the same share `λ`, which is
/// drawn from Beta(α, α) for each batch.
///
/// - Source: Zhang et al. 2017, arXiv:1710.09412.
public struct MixUp: BatchAugmentation {
  public static let kind = "mixUp"
  /// The shape of the distribution, above 0: 1 makes all shares equally likely, less makes one of
  /// the two samples prevail.
  public let alpha: Double

  /// Mixes by shares of Beta(α, α).
  public init(alpha: Double = 0.2) { self.alpha = alpha }

  public func mixed(
    _ batch: Dataset, using generator: inout SeededGenerator
  ) throws(DataError) -> Dataset {
    let share = Float(generator.beta(alpha))
    let partners = Array(0..<batch.count).shuffled(using: &generator)
    return try batch.mixed(with: partners, share: share) { (values, partner) throws(DataError) in
      // Bytes stay bytes: the share of a step that rounding takes is no more than the sensor's noise.
      if case .uint8(let own) = values.values, case .uint8(let other) = partner.values {
        return HostTensor(shape: values.shape) { (result: UnsafeMutableBufferPointer<UInt8>) in
          for place in own.indices {
            let value = share * Float(own[place]) + (1 - share) * Float(other[place])
            result.initializeElement(at: place, to: UInt8(value.rounded()))
          }
        }
      }
      return try Dataset.weighed(values, partner, share: share)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case alpha }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    alpha = try fields.number(.alpha, default: 0.2, in: 1e-3...1e3)
  }
}
