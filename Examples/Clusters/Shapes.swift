import Foundation
import Moru

/// Points in a plane, in groups of well-known shapes.
enum Shapes {
  /// Two half moons that reach into each other.
  static func moons(_ count: Int, noise: Double = 0.06, seed: Seed = 1) throws -> HostTensor {
    try points(count, seed: seed) { index, generator in
      let angle = Double.pi * (Double(index) + generator.uniform()) / Double(count)
      let isUpper = index.isMultiple(of: 2)
      let (x, y) = (cos(angle), sin(angle))
      return (
        (isUpper ? x : 1 - x) + noise * generator.bell(),
        (isUpper ? y : 0.5 - y) + noise * generator.bell()
      )
    }
  }

  /// Two rings around one center.
  static func rings(_ count: Int, noise: Double = 0.04, seed: Seed = 2) throws -> HostTensor {
    try points(count, seed: seed) { index, generator in
      let angle = 2 * Double.pi * (Double(index) + generator.uniform()) / Double(count)
      let radius = index.isMultiple(of: 2) ? 1 : 0.4
      return (
        radius * cos(angle) + noise * generator.bell(),
        radius * sin(angle) + noise * generator.bell()
      )
    }
  }

  /// Three long groups side by side, aslant.
  static func stripes(_ count: Int, seed: Seed = 3) throws -> HostTensor {
    try points(count, seed: seed) { index, generator in
      let (along, across) = (1.6 * generator.bell(), 0.25 * generator.bell())
      let shift = 1.55 * Double(index % 3 - 1)
      return (0.7 * (along + across) + shift, 0.7 * (across - along) + shift)
    }
  }

  private static func points(
    _ count: Int, seed: Seed, _ point: (Int, inout SeededGenerator) -> (Double, Double)
  ) throws -> HostTensor {
    var generator = seed.generator
    return try HostTensor(
      (0..<count).map { index in
        let (x, y) = point(index, &generator)
        return [x, y]
      })
  }
}

extension SeededGenerator {
  /// A number about 0 with deviation 1, by the sum of twelve uniform ones.
  mutating func bell() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + uniform() }
  }
}
