import MoruArchive
import MoruGraph

/// Vectors whose length lies outside `minValue…maxValue` are moved towards it: by the whole way with
/// `rate` 1, by a part of it below.
///
/// - Source: Keras's constraint of this name.
public struct MinMaxNorm: NormConstraint {
  public static let kind = "minMaxNorm"
  /// The least length, at least 0.
  public let minValue: Double
  /// The greatest length, at least `minValue`.
  public let maxValue: Double
  /// The part of the way that each update takes, between 0 and 1.
  public let rate: Double
  /// The axes along which elements form one vector.
  public let axes: [Int]

  /// Vectors of these lengths.
  public init(minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axes: [Int] = [0]) {
    self.minValue = minValue
    self.maxValue = maxValue
    self.rate = rate
    self.axes = axes
  }

  func length(_ lengths: Tensor) -> Tensor {
    Tensor(rate) * clip(lengths, Tensor(minValue), Tensor(maxValue)) + Tensor(1 - rate) * lengths
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case minValue, maxValue, rate, axes }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    minValue = try fields.number(.minValue, default: 0, in: 0...1e12)
    maxValue = try fields.number(.maxValue, default: 1, in: 0...1e12)
    rate = try fields.number(.rate, default: 1, in: 0...1)
    axes = try fields.axes(.axes)
    guard minValue <= maxValue else {
      throw fields.outOfRange(.maxValue, "at least minValue, \(minValue)")
    }
  }
}

extension Constraint where Self == MinMaxNorm {
  /// Vectors of these lengths.
  public static func minMaxNorm(
    minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axes: [Int] = [0]
  ) -> Self {
    .init(minValue: minValue, maxValue: maxValue, rate: rate, axes: axes)
  }
}
