import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("Initializers") struct InitializerTests {
  /// What 200,000 numbers of an initializer should look like. With that many, the mean of numbers of
  /// deviation s lies within 5 s/√n = 0.0112 s, and their variance within 1.6 %, of the expected
  /// ones but once in a million draws (once and for all: the seed is fixed).
  struct Kind: Sendable, CustomTestStringConvertible {
    let initializer: any Initializer
    let mean: Double
    let variance: Double
    /// How far from the mean a number may lie; infinite for normal numbers.
    let bound: Double
    /// The stated distribution: the share of numbers below x.
    let share: (@Sendable (_ x: Double) -> Double)?
    var testDescription: String { "\(initializer)" }

    static func constant(_ initializer: any Initializer, _ value: Double) -> Kind {
      Kind(initializer: initializer, mean: value, variance: 0, bound: 0, share: nil)
    }

    static func uniform(
      _ initializer: any Initializer, mean: Double = 0, variance: Double
    ) -> Kind {
      let bound = (3 * variance).squareRoot()
      return Kind(initializer: initializer, mean: mean, variance: variance, bound: bound) {
        min(max(($0 - mean + bound) / (2 * bound), 0), 1)
      }
    }

    static func normal(
      _ initializer: any Initializer, mean: Double = 0, variance: Double
    ) -> Kind {
      Kind(initializer: initializer, mean: mean, variance: variance, bound: .infinity) {
        below(($0 - mean) / variance.squareRoot())
      }
    }

    /// - Parameter variance: That of what is left after the cut at two deviations.
    static func truncated(
      _ initializer: any Initializer, mean: Double = 0, variance: Double
    ) -> Kind {
      let deviation = variance.squareRoot() / 0.8796256610342398
      return Kind(initializer: initializer, mean: mean, variance: variance, bound: 2 * deviation) {
        (below(min(max(($0 - mean) / deviation, -2), 2)) - below(-2)) / (below(2) - below(-2))
      }
    }

    /// The share of a standard normal distribution below x.
    private static func below(_ x: Double) -> Double { (1 + erf(x / 2.0.squareRoot())) / 2 }
  }

  private static let fan = Fan(input: 30, output: 70)

  static let constants: [Kind] = [
    .constant(.zeros, 0), .constant(.ones, 1), .constant(.constant(-2.5), -2.5),
  ]

  static let random: [Kind] = [
    .uniform(.randomUniform(low: -1, high: 3), mean: 1, variance: 16.0 / 12),
    .normal(.randomNormal(mean: 2, standardDeviation: 0.5), mean: 2, variance: 0.25),
    .truncated(
      .truncatedNormal(mean: 2, standardDeviation: 0.5), mean: 2,
      variance: 0.25 * 0.8796256610342398 * 0.8796256610342398),
    .uniform(.glorotUniform, variance: 2.0 / 100),
    .truncated(.glorotNormal, variance: 2.0 / 100),
    .uniform(.heUniform, variance: 2.0 / 30),
    .truncated(.heNormal, variance: 2.0 / 30),
    .uniform(.lecunUniform, variance: 1.0 / 30),
    .truncated(.lecunNormal, variance: 1.0 / 30),
    .truncated(.varianceScaling(), variance: 1.0 / 30),
    .truncated(.varianceScaling(scale: 3, mode: .fanOut), variance: 3.0 / 70),
    .normal(
      .varianceScaling(scale: 2, mode: .fanAvg, distribution: .untruncatedNormal),
      variance: 2.0 / 50),
    .uniform(
      .varianceScaling(scale: 0.5, mode: .fanOut, distribution: .uniform), variance: 0.5 / 70),
  ]

  static let kinds = constants + random

  @Test("have the mean, variance and range of their formulas", arguments: kinds)
  func moments(kind: Kind) throws {
    let count = 200_000
    let values = try kind.initializer.values(
      type: TensorType(.float64, [count]), fan: Self.fan, seed: 3
    ).array(of: Double.self)
    #expect(values.count == count)
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    #expect(abs(mean - kind.mean) <= 0.0112 * kind.variance.squareRoot())
    #expect(abs(variance - kind.variance) <= 0.016 * kind.variance)
    let farthest = values.map { abs($0 - kind.mean) }.max() ?? 0
    #expect(farthest <= kind.bound * (1 + 1e-12))
    // The range is used up to its ends.
    if kind.bound.isFinite { #expect(farthest >= 0.998 * kind.bound) }
  }

  /// Kolmogorov and Smirnov's test: the greatest distance between the stated distribution and that of
  /// n numbers is above 1.95/√n but once in a thousand draws (once and for all: the seed is fixed).
  @Test("have the distribution of their formulas", arguments: random)
  func distribution(kind: Kind) throws {
    let count = 50_000
    let values = try kind.initializer.values(
      type: TensorType(.float64, [count]), fan: Self.fan, seed: 7
    ).array(of: Double.self).sorted()
    let share = try #require(kind.share)
    let distance =
      values.enumerated().map { place, value in
        let (before, after) = (Double(place) / Double(count), Double(place + 1) / Double(count))
        return max(abs(share(value) - before), abs(share(value) - after))
      }.max() ?? 1
    #expect(distance < 1.95 / Double(count).squareRoot())
  }

  @Test("normal numbers are normal: fourth moment and tails")
  func normality() throws {
    let values = try RandomNormal(mean: 0, standardDeviation: 1).values(
      type: TensorType(.float64, [200_000]), fan: Self.fan, seed: 5
    ).array(of: Double.self)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 200_000
    #expect(abs(fourth - 3) < 0.11)
    // 4.55 % lie beyond two deviations.
    let beyond = Double(values.count { abs($0) > 2 }) / 200_000
    #expect(abs(beyond - 0.0455) < 0.0024)
  }

  private func json(_ initializer: any Initializer) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode([InitializerBox(initializer)]), as: UTF8.self)
  }

  private func initializer(_ json: String) throws -> any Initializer {
    try JSONDecoder().decode([InitializerBox].self, from: Data(json.utf8))[0].initializer
  }

  @Test("every initializer comes back from a file as it was", arguments: kinds)
  func coding(kind: Kind) throws {
    let file = try json(kind.initializer)
    #expect(try json(initializer(file)) == file)
    #expect("\(try initializer(file))" == "\(kind.initializer)")
  }

  @Test("every initializer of the catalogue has a name that stands for it")
  func names() throws {
    for initializer in initializerCatalog {
      let name = type(of: initializer).kind
      #expect(try json(self.initializer("[\"\(name)\"]")) == json(initializer), "\(name)")
    }
  }

  @Test(
    "words and missing numbers stand for Keras's defaults",
    arguments: [
      (#""randomUniform""#, RandomUniform(low: -0.05, high: 0.05) as any Initializer),
      (#"{"kind":"randomUniform"}"#, RandomUniform(low: -0.05, high: 0.05)),
      (#"{"kind":"randomNormal"}"#, RandomNormal(mean: 0, standardDeviation: 0.05)),
      (#""truncatedNormal""#, TruncatedNormal(mean: 0, standardDeviation: 0.05)),
      (#"{"kind":"heNormal"}"#, HeNormal()),
      (#""orthogonal""#, Orthogonal(gain: 1)),
      (#""identity""#, IdentityInitializer(gain: 1)),
      (#"{"kind":"unitForget","others":"zeros"}"#, UnitForget(others: .zeros)),
      (
        #""varianceScaling""#,
        VarianceScaling(scale: 1, mode: .fanIn, distribution: .truncatedNormal)
      ),
    ])
  func defaults(json: String, initializer: any Initializer) throws {
    #expect(try self.json(self.initializer("[\(json)]")) == self.json(initializer))
  }

  @Test("of names stay words in files, as they were")
  func words() throws {
    #expect(try json(.glorotUniform) == #"["glorotUniform"]"#)
    #expect(try json(.zeros) == #"["zeros"]"#)
  }

  /// The first four numbers that packages of earlier versions were made with.
  @Test(
    "give the numbers that they always gave",
    arguments: [
      (
        GlorotUniform() as any Initializer,
        [0.9175734, -0.33049762, 0.38680932, -0.16209957] as [Float]
      ), (HeNormal(), [-1.457629, -1.5262878, -0.06707051, -1.9515584]),
      (Orthogonal(), [-0.50694954, -0.5308284, -0.023326488, -0.6787335]),
      (
        RandomNormal(mean: 1, standardDeviation: 2),
        [-1.5643357, -1.6851237, 0.8820061, -2.4332814]
      ), (RandomUniform(low: -1, high: 3), [2.835147, 0.33900473, 1.7736187, 0.67580086]),
      (UnitForget(others: .lecunUniform), [1.1237934, -0.4047753, 1.0, 1.0]),
    ])
  func stability(initializer: any Initializer, expected: [Float]) throws {
    let values = try initializer.values(
      type: TensorType(.float32, [2, 4]), fan: Fan([2, 4]), seed: 11
    ).array(of: Float.self)
    #expect(Array(values.prefix(4)) == expected)
  }

  @Test("Keras's fans of vectors, dense and convolution kernels")
  func fans() {
    #expect(Fan([]) == Fan(input: 1, output: 1))
    #expect(Fan([7]) == Fan(input: 7, output: 7))
    #expect(Fan([784, 512]) == Fan(input: 784, output: 512))
    #expect(Fan([3, 3, 32, 64]) == Fan(input: 288, output: 576))
    #expect(Fan([5, 8, 16]) == Fan(input: 40, output: 80))
    // Depthwise, as Keras reads [height, width, 1, channels].
    #expect(Fan([3, 3, 1, 6]) == Fan(input: 9, output: 54))
  }

  @Test(
    "orthogonal weights keep lengths: rows or columns, whichever are fewer, are orthogonal",
    arguments: [[6, 6], [5, 20], [20, 5], [2, 3, 4], [1, 7], [0, 3]] as [Shape],
    [1, 0.5])
  func orthogonality(shape: Shape, gain: Double) throws {
    let values = try Orthogonal(gain: gain).values(
      type: TensorType(.float64, shape), fan: Fan(shape), seed: 4
    ).array(of: Double.self)
    #expect(values.count == shape.elementCount)
    let columns = shape.last ?? 1
    let rows = values.count / columns
    let (count, length) = (min(rows, columns), max(rows, columns))
    func element(_ vector: Int, _ place: Int) -> Double {
      rows < columns ? values[vector * columns + place] : values[place * columns + vector]
    }
    for a in 0..<count {
      for b in 0..<count {
        let product = (0..<length).reduce(0) { $0 + element(a, $1) * element(b, $1) }
        #expect(abs(product - (a == b ? gain * gain : 0)) < 1e-12)
      }
    }
  }

  @Test("the identity has its gain on the diagonal, of matrices alone")
  func identity() throws {
    let values = IdentityInitializer(gain: 2).values(
      type: TensorType(.float32, [2, 3]), fan: Fan([2, 3]), seed: 1)
    #expect(values == (try HostTensor([[2, 0, 0], [0, 2, 0]] as [[Float]])))
    let layer = Conv2D(4, kernel: 3, kernelInitializer: .identity)
    let error = #expect(throws: GraphError.self) {
      try layer.declaration(inputs: [TensorType(.float32, [5, 5, 2])])
    }
    #expect(error?.description.contains("cannot start as an identity, which is a matrix") == true)
  }

  @Test("an LSTM's forget gate starts open, the rest as asked")
  func forgetGate() throws {
    let model = Sequential { LSTM(2, biasInitializer: .constant(0.5)) }
    let declaration = try model.declaration(inputs: [TensorType(.float32, [4, 3])])
    let bias = declaration.initialValues(seed: 1)["lstm/bias"]
    #expect(try bias?.array() == [0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5] as [Float])
  }

  @Test("layers declare the fans of their kernels")
  func declaredFans() throws {
    let model = Sequential {
      Conv2D(8, kernel: 3)
      Flatten()
      Dense(10)
    }
    let declaration = try model.declaration(inputs: [TensorType(.float32, [6, 6, 2])])
    let fans = Dictionary(uniqueKeysWithValues: declaration.weights.map { ($0.path, $0.fan) })
    #expect(fans["conv2d/kernel"] == Fan(input: 18, output: 72))
    #expect(fans["dense/kernel"] == Fan(input: 128, output: 10))
  }

  @Test("the same seed gives the same numbers; another seed or path gives others")
  func seeds() throws {
    let model = Sequential {
      Dense(5)
      Dense(5)
      Dense(5, kernelInitializer: .heNormal)
    }
    let declaration = try model.declaration(inputs: [TensorType(.float32, [5])])
    let values = declaration.initialValues(seed: 1)
    #expect(values == declaration.initialValues(seed: 1))
    let other = declaration.initialValues(seed: 2)
    for path in ["dense/kernel", "dense_1/kernel", "dense_2/kernel"] {
      #expect(values[path]?.shape == [5, 5])
      #expect(values[path] != other[path])
    }
    #expect(values["dense/kernel"] != values["dense_1/kernel"])
    #expect(values["dense/bias"] == HostTensor.zeros([5]))
  }

  @Test("numbers do not depend on the layers around")
  func independence() throws {
    let input = TensorType(.float32, [5])
    let alone = try Sequential { Dense(5, name: "head") }.declaration(inputs: [input])
    let behind = try Sequential {
      Dense(5)
      Dense(5, name: "head")
    }.declaration(inputs: [input])
    #expect(
      alone.initialValues(seed: 9)["head/kernel"] == behind.initialValues(seed: 9)["head/kernel"])
  }
}
