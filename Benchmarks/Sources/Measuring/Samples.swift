import Moru

/// Numbers to work on: time does not depend on them, so they are random.
enum Samples {
  /// Numbers uniform in [0, 1).
  static func values(_ shape: Shape, seed: Seed = 0) -> HostTensor {
    var generator = seed.generator
    return HostTensor(shape: shape, of: Float.self) { buffer in
      for place in buffer.indices { buffer[place] = Float.random(in: 0..<1, using: &generator) }
    }
  }

  /// Samples of ten classes, which follow one another.
  static func classified(_ count: Int, _ shape: Shape) throws -> Dataset {
    try classified(values(Shape([count] + shape.dimensions)))
  }

  /// Bytes of ten classes, which follow one another.
  static func bytes(_ count: Int, _ shape: Shape) throws -> Dataset {
    var generator = (0 as Seed).generator
    return try classified(
      HostTensor(shape: Shape([count] + shape.dimensions), of: UInt8.self) { buffer in
        for place in buffer.indices { buffer[place] = .random(in: 0...255, using: &generator) }
      })
  }

  private static func classified(_ values: HostTensor) throws -> Dataset {
    try Dataset(
      source: "random numbers",
      features: [.init(values: values)],
      targets: .classes(
        (0..<values.shape[0]).map { Int32($0 % 10) }, labels: (0..<10).map(String.init)))
  }
}
