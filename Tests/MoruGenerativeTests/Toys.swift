import Foundation
import MoruData
import MoruGenerative
import MoruGraph
import MoruLayers
import MoruTensors

/// Small networks and data that tests share.
enum Toys {
  /// Samples of so many numbers of a normal distribution.
  static func gaussian(
    _ count: Int, mean: Double, deviation: Double, width: Int = 1, seed: Seed = 1
  ) throws -> Dataset {
    let uniform = seed.uniform(count: 2 * count * width)
    let values = (0..<count * width).map { place -> Float in
      let radius = (-2 * log1p(-uniform[2 * place])).squareRoot()
      return Float(mean + deviation * radius * cos(2 * .pi * uniform[2 * place + 1]))
    }
    return try Dataset(
      source: "toy",
      features: [.init(values: HostTensor(values, shape: [count, width]))])
  }

  static func generator() -> Sequential { Sequential { Dense(1) } }

  static func discriminator() -> Sequential {
    Sequential {
      Dense(16, activation: .tanh)
      Dense(16, activation: .tanh)
      Dense(1)
    }
  }
}

extension Toys {
  /// Mean and (biased) deviation of all elements.
  static func moments(_ samples: HostTensor) throws -> (mean: Double, deviation: Double) {
    let values = try samples.array(of: Float.self).map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance.squareRoot())
  }
}
