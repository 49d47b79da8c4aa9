import Foundation
import MoruGraph
import MoruLayers
import MoruTensors
import Testing

@Suite("Initializers") struct InitializerTests {
  /// What 200,000 numbers of an initializer should look like. With that many, the mean of numbers of
  /// deviation s lies within 5 s/√n = 0.0112 s, and their variance within 1.6 %, of the expected
  /// ones but once in a million draws (once and for all: the seed is fixed).
  struct Kind: Sendable, CustomTestStringConvertible {
    let initializer: Initializer
    let mean: Double
    let variance: Double
    /// How far from the mean a number may lie; infinite for normal numbers.
    let bound: Double
    var testDescription: String { "\(initializer)" }
  }

  private static let fan = Fan(input: 30, output: 70)
  /// Half width of the truncated normal numbers of variance 1: two widened deviations.
  private static let cut = 2 / 0.8796256610342398

  static let kinds: [Kind] = [
    Kind(initializer: .zeros, mean: 0, variance: 0, bound: 0),
    Kind(initializer: .ones, mean: 1, variance: 0, bound: 0),
    Kind(initializer: .constant(-2.5), mean: -2.5, variance: 0, bound: 0),
    Kind(initializer: .randomUniform(low: -1, high: 3), mean: 1, variance: 16.0 / 12, bound: 2),
    Kind(
      initializer: .randomNormal(mean: 2, standardDeviation: 0.5), mean: 2, variance: 0.25,
      bound: .infinity),
    Kind(
      initializer: .glorotUniform, mean: 0, variance: 2.0 / 100, bound: (6.0 / 100).squareRoot()),
    Kind(
      initializer: .glorotNormal, mean: 0, variance: 2.0 / 100,
      bound: cut * (2.0 / 100).squareRoot()),
    Kind(initializer: .heUniform, mean: 0, variance: 2.0 / 30, bound: (6.0 / 30).squareRoot()),
    Kind(
      initializer: .heNormal, mean: 0, variance: 2.0 / 30, bound: cut * (2.0 / 30).squareRoot()),
    Kind(initializer: .lecunUniform, mean: 0, variance: 1.0 / 30, bound: (3.0 / 30).squareRoot()),
    Kind(
      initializer: .lecunNormal, mean: 0, variance: 1.0 / 30, bound: cut * (1.0 / 30).squareRoot()),
  ]

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

  @Test("normal numbers are normal: fourth moment and tails")
  func normality() throws {
    let values = try Initializer.randomNormal(mean: 0, standardDeviation: 1).values(
      type: TensorType(.float64, [200_000]), fan: Self.fan, seed: 5
    ).array(of: Double.self)
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 200_000
    #expect(abs(fourth - 3) < 0.11)
    // 4.55 % lie beyond two deviations.
    let beyond = Double(values.count { abs($0) > 2 }) / 200_000
    #expect(abs(beyond - 0.0455) < 0.0024)
  }

  @Test("every initializer comes back from a file as it was", arguments: kinds)
  func coding(kind: Kind) throws {
    let data = try JSONEncoder().encode([kind.initializer])
    #expect(try JSONDecoder().decode([Initializer].self, from: data) == [kind.initializer])
  }

  @Test(
    "words and missing numbers stand for Keras's defaults",
    arguments: [
      (#""randomUniform""#, Initializer.randomUniform(low: -0.05, high: 0.05)),
      (#"{"kind":"randomUniform"}"#, .randomUniform(low: -0.05, high: 0.05)),
      (#"{"kind":"randomNormal"}"#, .randomNormal(mean: 0, standardDeviation: 0.05)),
      (#""randomNormal""#, .randomNormal(mean: 0, standardDeviation: 0.05)),
      (#"{"kind":"heNormal"}"#, .heNormal),
      (#""orthogonal""#, .orthogonal),
      (#"{"kind":"unitForget","others":"zeros"}"#, .unitForget(others: .zeros)),
    ])
  func defaults(json: String, initializer: Initializer) throws {
    let found = try JSONDecoder().decode([Initializer].self, from: Data("[\(json)]".utf8))
    #expect(found == [initializer])
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
    arguments: [[6, 6], [5, 20], [20, 5], [2, 3, 4], [1, 7], [0, 3]] as [Shape])
  func orthogonality(shape: Shape) throws {
    let values = try Initializer.orthogonal.values(
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
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-12)
      }
    }
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
