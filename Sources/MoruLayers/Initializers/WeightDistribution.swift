import Foundation
import MoruGraph
public import MoruTensors

/// Where the numbers of a weight come from.
public enum WeightDistribution: Sendable {
  /// One number everywhere.
  case constant(Double)
  /// Uniform from `low` to `high`.
  case uniform(low: Double, high: Double)
  /// Normal, of this mean and standard deviation.
  case normal(mean: Double, standardDeviation: Double)
  /// Normal, of this mean and standard deviation, but none farther from the mean than twice the
  /// deviation: numbers beyond are drawn again. What is left deviates by 0.8796 of the deviation.
  case truncatedNormal(mean: Double, standardDeviation: Double)
  /// Numbers that depend on each other, in the order of the weight's elements.
  case joint(@Sendable (Seed) -> [Double])

  /// The standard deviation of a unit normal distribution that is cut off at ±2.
  static let narrowing = 0.87962566103423978

  /// Numbers that are drawn where they are to live; a pure function of type and seed.
  func source(type: TensorType, seed: Seed) -> ValueSource {
    ValueSource(type) { bytes in
      switch type.dtype {
      case .float32: fill(bytes.bindMemory(to: Float.self), seed)
      case .float64: fill(bytes.bindMemory(to: Double.self), seed)
      default:
        let numbers = source(type: TensorType(.float64, type.shape), seed: seed).value()
        numbers.converted(to: type.dtype).withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
    }
  }

  private func fill<T: BinaryFloatingPoint>(
    _ target: UnsafeMutableBufferPointer<T>, _ seed: Seed
  ) {
    var generator = seed.generator
    func each(_ draw: (inout SeededGenerator) -> Double) {
      for place in target.indices { target[place] = T(draw(&generator)) }
    }
    switch self {
    case .constant(let value): target.update(repeating: T(value))
    case .uniform(let low, let high):
      let (middle, reach) = ((low + high) / 2, (high - low) / 2)
      each { middle + reach * (2 * $0.uniform() - 1) }
    case .normal(let mean, let deviation): each { mean + deviation * $0.normal() }
    case .truncatedNormal(let mean, let deviation):
      each { generator in
        var number = generator.normal()
        while abs(number) > 2 { number = generator.normal() }
        return mean + deviation * number
      }
    case .joint(let numbers):
      for (place, number) in zip(target.indices, numbers(seed)) { target[place] = T(number) }
    }
  }
}

extension SeededGenerator {
  /// A number of the standard normal distribution.
  ///
  /// - Source: Box, Muller 1958, doi:10.1214/aoms/1177706645.
  mutating func normal() -> Double {
    let radius = 1 - Double(next() >> 11) * 0x1p-53
    let angle = Double(next() >> 11) * 0x1p-53
    return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
  }
}
