import MoruArchive
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

/// Mean and variance of some numbers.
private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
  let mean = numbers.reduce(0, +) / Double(numbers.count)
  return (mean, numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count))
}

@Suite("Noise") struct NoiseTests {
  private let ones = Tensor(HostTensor(repeating: Float(1), shape: [100, 200]))

  private func noisy(_ layer: any Layer, _ x: Tensor, seed: Int64 = 1) async throws -> [Double] {
    var weights = Weights()
    return try await numbers(layer(x, &weights, training: trainingSeed(seed)))
  }

  @Test("of GaussianNoise has mean 0 and the asked deviation", arguments: [0.1, 2])
  func gaussianNoise(deviation: Double) async throws {
    let found = moments(try await noisy(GaussianNoise(deviation), .zeros([100, 200])))
    #expect(abs(found.mean) < 5 * deviation / 20_000.0.squareRoot())
    #expect(abs(found.variance / (deviation * deviation) - 1) < 0.05)
  }

  @Test("of GaussianDropout has mean 1 and variance rate / (1 − rate)", arguments: [0.2, 0.5])
  func gaussianDropout(rate: Double) async throws {
    let found = moments(try await noisy(GaussianDropout(rate), ones))
    #expect(abs(found.mean - 1) < 0.05)
    #expect(abs(found.variance / (rate / (1 - rate)) - 1) < 0.05)
  }

  @Test("of AlphaDropout leaves mean 0 and variance 1, and has one value for the dropped")
  func alphaDropout() async throws {
    let x = Tensor.randomNormal([100, 200], seed: trainingSeed(9), stream: 1)
    let kept = moments(try await noisy(AlphaDropout(0.3), x))
    #expect(abs(kept.mean) < 0.05)
    #expect(abs(kept.variance - 1) < 0.05)
    let values = try await noisy(AlphaDropout(0.3), ones)
    #expect(Set(values).count == 2)
    let dropped = values.count { $0 == values.min() }
    #expect(abs(Double(dropped) / 20_000 - 0.3) < 0.02)
  }

  @Test("of SpatialDropout drops whole channels")
  func spatialDropout() async throws {
    let x = Tensor(HostTensor(repeating: Float(1), shape: [50, 3, 2, 40]))
    let values = try await noisy(SpatialDropout2D(0.25), x)
    var dropped = 0
    for sample in 0..<50 {
      for channel in 0..<40 {
        let column = Set((0..<6).map { values[(sample * 6 + $0) * 40 + channel] })
        #expect(column.count == 1)
        if column == [0] { dropped += 1 }
      }
    }
    #expect(abs(Double(dropped) / 2000 - 0.25) < 0.05)
  }

  static let layers: [any Layer] = [
    GaussianNoise(1), GaussianDropout(0.5), AlphaDropout(0.5), SpatialDropout1D(0.5),
    SpatialDropout2D(0.5), SpatialDropout3D(0.5), RandomFlip(), RandomRotation(0.2),
    RandomZoom(0.3), RandomTranslation(0.3, widthFactor: 0.3), RandomBrightness(0.5),
    RandomContrast(0.5),
  ]

  @Test("is drawn by the seed, and in training only", arguments: layers.indices)
  func seeds(place: Int) async throws {
    let layer = Self.layers[place]
    let shape: Shape =
      switch layer {
      case is SpatialDropout1D: [4, 5, 6]
      case is SpatialDropout3D: [4, 3, 4, 5, 6]
      default: [4, 5, 6, 3]
      }
    let x = Tensor(
      HostTensor((0..<shape.elementCount).map { Float($0 * 37 % 101) + 50 })
    ).reshaped(to: shape)
    let first = try await noisy(layer, x)
    #expect(try await noisy(layer, x) == first)
    #expect(try await noisy(layer, x, seed: 2) != first)
    var weights = Weights()
    #expect(try await numbers(layer(x, &weights)) == numbers(x))
  }

  @Test("Activities are penalized: l1 · Σ|x| + l2 · Σx²")
  func activity() async throws {
    let x = Tensor(HostTensor([1, -2] as [Float])).reshaped(to: [1, 2])
    let layer = ActivityRegularization(l1: 0.5, l2: 0.25)
    let scope = Scope(weights: Weights(), seed: trainingSeed(1))
    _ = scope.draw(layer, [x])
    #expect(try await numbers(scope.penalties[0]) == [2.75])
    let still = Scope(weights: Weights())
    _ = still.draw(layer, [x])
    #expect(try await numbers(still.penalties[0]) == [2.75])
  }
}

@Suite("Random pictures") struct RandomPictureTests {
  private func drawn(_ layer: any Layer, _ x: Tensor, seed: Int64 = 1) async throws -> [Double] {
    var weights = Weights()
    return try await numbers(layer(x, &weights, training: trainingSeed(seed)))
  }

  private let picture = Tensor(HostTensor((0..<6).map(Float.init))).reshaped(to: [1, 2, 3, 1])

  @Test("flips are one of the ways to turn a picture")
  func flips() async throws {
    var seen: Set<[Double]> = []
    for seed in 0..<20 { seen.insert(try await drawn(RandomFlip(), picture, seed: Int64(seed))) }
    #expect(
      seen == [[0, 1, 2, 3, 4, 5], [2, 1, 0, 5, 4, 3], [3, 4, 5, 0, 1, 2], [5, 4, 3, 2, 1, 0]])
  }

  @Test("moves, turns and zooms by known amounts come out as known", arguments: [true, false])
  func known(isNearest: Bool) async throws {
    let interpolation: Interpolation = isNearest ? .nearest : .bilinear
    func moved(_ rows: RandomFactor, _ columns: RandomFactor, _ fill: FillMode) async throws
      -> [Double]
    {
      try await drawn(
        RandomTranslation(
          rows, widthFactor: columns, fillMode: fill, interpolation: interpolation), picture)
    }
    let third = RandomFactor(1.0 / 3, 1.0 / 3)
    func rounded(_ values: [Double]) -> [Double] { values.map { ($0 * 1e4).rounded() / 1e4 } }
    #expect(rounded(try await moved(0, third, .constant)) == [0, 0, 1, 0, 3, 4])
    #expect(rounded(try await moved(0, third, .nearest)) == [0, 0, 1, 3, 3, 4])
    #expect(rounded(try await moved(0, third, .wrap)) == [2, 0, 1, 5, 3, 4])
    #expect(
      rounded(try await moved(RandomFactor(0.5, 0.5), 0, .reflect)) == [0, 1, 2, 0, 1, 2])
    let half = RandomRotation(RandomFactor(0.5, 0.5), interpolation: interpolation)
    #expect(rounded(try await drawn(half, picture)) == [5, 4, 3, 2, 1, 0])
    // A quarter turn against the clock brings the right column to the top.
    let square = Tensor(HostTensor([1, 2, 3, 4] as [Float])).reshaped(to: [1, 2, 2, 1])
    let quarter = RandomRotation(RandomFactor(0.25, 0.25), interpolation: interpolation)
    #expect(rounded(try await drawn(quarter, square)) == [2, 4, 1, 3])
    let still = RandomZoom(RandomFactor(0, 0), interpolation: interpolation)
    #expect(try await drawn(still, picture) == [0, 1, 2, 3, 4, 5])
  }

  @Test("crops are parts of the picture, the middle one in inference")
  func crops() async throws {
    let wide = Tensor(HostTensor((0..<12).map(Float.init))).reshaped(to: [1, 3, 4, 1])
    var seen: Set<[Double]> = []
    for seed in 0..<60 { seen.insert(try await drawn(RandomCrop(2, 3), wide, seed: Int64(seed))) }
    #expect(seen.count == 4)
    for crop in seen { #expect(crop.map { $0 - crop[0] } == [0, 1, 2, 4, 5, 6]) }
    var weights = Weights()
    #expect(try await numbers(RandomCrop(1, 2)(wide, &weights)) == [5, 6])
  }

  @Test("brightness and contrast stay within the value range")
  func ranges() async throws {
    let x = Tensor(HostTensor([0, 100, 200, 255] as [Float])).reshaped(to: [1, 2, 2, 1])
    let lighter = RandomBrightness(RandomFactor(0.2, 0.2))
    #expect(try await drawn(lighter, x) == [51, 151, 251, 255])
    let grey = RandomContrast(RandomFactor(-1, -1))
    #expect(try await Set(drawn(grey, x)) == [138.75])
  }

  @Test("hashes are spread evenly, the same every time, and 0 for the mask")
  func hashing() async throws {
    let x = Tensor(HostTensor((-5000..<5000).map(Int64.init))).reshaped(to: [10_000, 1])
    var weights = Weights()
    let bins = try await numbers(Hashing(8)(x, &weights))
    for bin in 0..<8 { #expect(abs(bins.count { $0 == Double(bin) } - 1250) < 200) }
    #expect(Set(bins).count == 8)
    let masked = try await numbers(Hashing(8, maskValue: 7)(x, &weights))
    #expect(masked[5007] == 0)
    #expect(masked.count { $0 == 0 } == 1)
  }
}
