import MoruGraph
import MoruReference
import MoruTensors
import Testing

@Suite struct RandomTests {
  private func seed(_ key: Int64, _ step: Int64 = 0) -> Tensor { Tensor(HostTensor([key, step])) }

  private func moments(_ values: [Double]) -> (mean: Double, variance: Double, kurtosis: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    let variance = squares.reduce(0, +) / Double(values.count)
    let fourth = squares.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    return (mean, variance, fourth / (variance * variance))
  }

  @Test("the words are Philox's, laid out as documented", arguments: [DType.float32, .float64])
  func layout(dtype: DType) async throws {
    // The published test vector of Philox4x32-10 for key and counter of zeros.
    let words: [UInt32] = [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]
    let found = try await elements(
      .randomUniform([4], seed: seed(0), stream: 0, dtype: dtype))
    if dtype == .float32 {
      #expect(found == words.map { Double($0 >> 8) / 0x1p24 })
    } else {
      let pairs = [(0, 1), (2, 3)].map { UInt64(words[$0.0]) | UInt64(words[$0.1]) << 32 }
      #expect(Array(found.prefix(2)) == pairs.map { Double($0 >> 11) / 0x1p53 })
    }
  }

  @Test("key, stream and step are the words of key and counter")
  func words() async throws {
    let (key, step) = (Int64(0x1234_5678_9ABC_DEF0), Int64(0x0FED_CBA9_8765_4321))
    let found = try await elements(.randomUniform([9], seed: seed(key, step), stream: 77))
    let expected = (0..<9).map { place in
      let words = Philox.words(
        counter: SIMD4(UInt32(place / 4), 77, 0x8765_4321, 0x0FED_CBA9),
        key: SIMD2(0x9ABC_DEF0, 0x1234_5678))
      return Double(words[place % 4] >> 8) / 0x1p24
    }
    #expect(found == expected)
  }

  @Test("uniform numbers fill [0, 1) evenly", arguments: [DType.float32, .float64])
  func uniform(dtype: DType) async throws {
    let values = try await elements(
      .randomUniform([40_000], seed: seed(5), stream: 1, dtype: dtype))
    #expect(values.allSatisfy { (0..<1).contains($0) })
    let (mean, variance, kurtosis) = moments(values)
    #expect(abs(mean - 0.5) < 0.006)
    #expect(abs(variance - 1.0 / 12) < 0.002)
    #expect(abs(kurtosis - 1.8) < 0.03)
  }

  @Test("normal numbers have mean 0, variance 1, kurtosis 3", arguments: [DType.float32, .float64])
  func normal(dtype: DType) async throws {
    let values = try await elements(.randomNormal([40_000], seed: seed(5), stream: 1, dtype: dtype))
    #expect(values.allSatisfy { $0.isFinite })
    let (mean, variance, kurtosis) = moments(values)
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
    #expect(abs(kurtosis - 3) < 0.15)
    let within = Double(values.count { abs($0) < 1 }) / 40_000
    #expect(abs(within - 0.6827) < 0.01)
  }

  @Test("keys, steps and streams give other numbers; the same give the same")
  func streams() async throws {
    let draws =
      [
        (seed(1), 0), (seed(2), 0), (seed(1, 1), 0), (seed(1), 1), (seed(1), 2), (seed(1 << 32), 0),
        (seed(1, 1 << 32), 0),
      ] as [(Tensor, UInt32)]
    var seen: Set<[Double]> = []
    for (seed, stream) in draws {
      let values = try await elements(.randomUniform([16], seed: seed, stream: stream))
      #expect(seen.insert(values).inserted)
      #expect(try await elements(.randomUniform([16], seed: seed, stream: stream)) == values)
    }
    let long = try await elements(.randomUniform([32], seed: seed(1), stream: 0))
    #expect(seen.contains(Array(long.prefix(16))))
  }

  @Test("two streams do not go together")
  func correlation() async throws {
    let x = try await elements(.randomUniform([20_000], seed: seed(9), stream: 0))
    let y = try await elements(.randomUniform([20_000], seed: seed(9), stream: 1))
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - 0.5) * ($1.1 - 0.5) } / 20_000
    #expect(abs(product * 12) < 0.025)
  }
}
