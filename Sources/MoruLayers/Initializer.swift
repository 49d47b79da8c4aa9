import Foundation
import MoruArchive
public import MoruGraph
public import MoruTensors

/// The sizes that variance-scaling initializers divide by.
public struct Fan: Hashable, Sendable {
  /// How many inputs each output element sums over.
  public let input: Int
  /// How many outputs each input element contributes to.
  public let output: Int

  /// Fans by count.
  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }

  /// Keras's rule for `[…window, input, output]`; a vector's fans are its length.
  public init(_ shape: Shape) {
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    let last = shape.last ?? 1
    input = window * (shape.rank >= 2 ? shape[shape.rank - 2] : last)
    output = window * last
  }
}

/// How a weight starts.
///
/// With `i` and `o` the fans, `U(a)` uniform in [−a, a], and `N(s)` normal of standard deviation s,
/// cut off at two standard deviations and widened so that the deviation is s after the cut:
/// Glorot (Xavier) `U(√(6/(i+o)))` and `N(√(2/(i+o)))` keep the variance of signals through linear
/// and tanh layers; He `U(√(6/i))` and `N(√(2/i))` through relu layers, where half of the signal is
/// cut off; LeCun `U(√(3/i))` and `N(√(1/i))` through selu layers. Orthogonal: the rows or the
/// columns, whichever are fewer, of the weight as a matrix of its last axis and the others are
/// orthogonal and of length 1, which keeps signals' lengths through many steps of a recurrence.
///
/// - Source: Glorot, Bengio 2010, AISTATS; He et al. 2015, arXiv:1502.01852; LeCun et al. 1998,
///   doi:10.1007/3-540-49430-8_2; Saxe et al. 2013, arXiv:1312.6120.
public enum Initializer: Hashable, Sendable {
  case zeros, ones
  case constant(Double)
  case randomUniform(low: Double, high: Double)
  case randomNormal(mean: Double, standardDeviation: Double)
  case glorotUniform, glorotNormal
  case heUniform, heNormal
  case lecunUniform, lecunNormal
  case orthogonal
  /// For the bias of an LSTM, whose second quarter is the forget gate's: ones there, so that cells
  /// remember at first, and another initializer for the rest.
  ///
  /// - Source: Jozefowicz et al. 2015, ICML 37.
  indirect case unitForget(others: Initializer)

  /// Starting values, a pure function of type, fan and seed.
  public func values(type: TensorType, fan: Fan, seed: Seed) -> HostTensor {
    source(type: type, fan: fan, seed: seed).value()
  }

  /// Starting values that are drawn where they are to live; a pure function of type, fan and seed.
  public func source(type: TensorType, fan: Fan, seed: Seed) -> ValueSource {
    ValueSource(type) { bytes in
      switch type.dtype {
      case .float32: fill(bytes.bindMemory(to: Float.self), type.shape, fan, seed)
      case .float64: fill(bytes.bindMemory(to: Double.self), type.shape, fan, seed)
      default:
        let numbers = values(type: TensorType(.float64, type.shape), fan: fan, seed: seed)
        numbers.converted(to: type.dtype).withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
    }
  }

  private func fill<T: BinaryFloatingPoint>(
    _ target: UnsafeMutableBufferPointer<T>, _ shape: Shape, _ fan: Fan, _ seed: Seed
  ) {
    var generator = seed.generator
    func each(_ draw: (inout SeededGenerator) -> Double) {
      for place in target.indices { target[place] = T(draw(&generator)) }
    }
    func uniform(_ square: Double) {
      let limit = square.squareRoot()
      each { limit * (2 * $0.uniform() - 1) }
    }
    /// Normal numbers within two standard deviations, widened to the asked variance.
    func truncated(_ variance: Double) {
      // The standard deviation of a unit normal cut off at ±2.
      let narrowing = 0.87962566103423978
      let scale = variance.squareRoot() / narrowing
      each { generator in
        var number = Self.normal(&generator)
        while abs(number) > 2 { number = Self.normal(&generator) }
        return scale * number
      }
    }
    switch self {
    case .zeros: target.update(repeating: 0)
    case .ones: target.update(repeating: 1)
    case .constant(let value): target.update(repeating: T(value))
    case .randomUniform(let low, let high): each { low + (high - low) * $0.uniform() }
    case .randomNormal(let mean, let deviation):
      each { mean + deviation * Self.normal(&$0) }
    case .glorotUniform: uniform(6 / Double(fan.input + fan.output))
    case .glorotNormal: truncated(2 / Double(fan.input + fan.output))
    case .heUniform: uniform(6 / Double(fan.input))
    case .heNormal: truncated(2 / Double(fan.input))
    case .lecunUniform: uniform(3 / Double(fan.input))
    case .lecunNormal: truncated(1 / Double(fan.input))
    case .orthogonal:
      for (place, number) in Self.orthogonal(shape, seed).enumerated() {
        target[place] = T(number)
      }
    case .unitForget(let others):
      others.fill(target, shape, fan, seed)
      let gate = target.count / 4..<target.count / 2
      UnsafeMutableBufferPointer(rebasing: target[gate]).update(repeating: 1)
    }
  }

  /// Normal columns made orthogonal one after the other: uniform among all such matrices.
  private static func orthogonal(_ shape: Shape, _ seed: Seed) -> [Double] {
    let columns = shape.last ?? 1
    let rows = shape.dimensions.dropLast().reduce(1, *)
    let (length, count) = (max(rows, columns), min(rows, columns))
    guard count > 0 else { return [] }
    var vectors = normals(count: length * count, seed: seed)
    vectors.withUnsafeMutableBufferPointer { all in
      for vector in 0..<count {
        let own = UnsafeMutableBufferPointer(rebasing: all[vector * length..<(vector + 1) * length])
        for earlier in 0..<vector {
          let other = UnsafeMutableBufferPointer(
            rebasing: all[earlier * length..<(earlier + 1) * length])
          let overlap = dot(own, other)
          for place in 0..<length { own[place] -= overlap * other[place] }
        }
        let size = dot(own, own).squareRoot()
        for place in 0..<length { own[place] /= size }
      }
    }
    guard rows >= columns else { return vectors }
    return (0..<rows * columns).map { vectors[$0 % columns * length + $0 / columns] }
  }

  /// A dot product in eight sums, which processors compute side by side.
  private static func dot(
    _ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var sums = SIMD8<Double>(repeating: 0)
    var place = 0
    while place + 8 <= x.count {
      for lane in 0..<8 { sums[lane] += x[place + lane] * y[place + lane] }
      place += 8
    }
    return (place..<x.count).reduce(sums.sum()) { $0 + x[$1] * y[$1] }
  }

  private static func normals(count: Int, seed: Seed) -> [Double] {
    var generator = seed.generator
    return (0..<count).map { _ in normal(&generator) }
  }

  private static func normal(_ generator: inout SeededGenerator) -> Double {
    let radius = 1 - Double(generator.next() >> 11) * 0x1p-53
    let angle = Double(generator.next() >> 11) * 0x1p-53
    return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
  }
}

extension Initializer: Codable {
  private enum NoSettings: String, CodingKey, CaseIterable { case kind }
  private enum ConstantKeys: String, CodingKey, CaseIterable { case kind, value }
  private enum UniformKeys: String, CodingKey, CaseIterable { case kind, low, high }
  private enum OthersKeys: String, CodingKey, CaseIterable { case kind, others }
  private enum NormalKeys: String, CodingKey, CaseIterable { case kind, mean, standardDeviation }

  private static let plain: [String: Initializer] = [
    "zeros": .zeros, "ones": .ones, "glorotUniform": .glorotUniform, "glorotNormal": .glorotNormal,
    "heUniform": .heUniform, "heNormal": .heNormal, "lecunUniform": .lecunUniform,
    "lecunNormal": .lecunNormal, "orthogonal": .orthogonal,
  ]

  /// A name, or an object with `kind` and the numbers of that kind.
  public init(from decoder: any Decoder) throws {
    let (kind, hasSettings) = try decoder.kind()
    switch kind {
    case "constant" where hasSettings:
      let fields = try Fields(decoder, ConstantKeys.self, part: kind)
      self = .constant(try fields.required(.value))
    case "randomUniform":
      guard hasSettings else {
        self = .randomUniform(low: -0.05, high: 0.05)
        return
      }
      let fields = try Fields(decoder, UniformKeys.self, part: kind)
      let low: Double = try fields.value(.low, default: -0.05)
      let high: Double = try fields.value(.high, default: 0.05)
      guard low <= high else { throw fields.outOfRange(.high, "at least low, \(low)") }
      self = .randomUniform(low: low, high: high)
    case "randomNormal":
      guard hasSettings else {
        self = .randomNormal(mean: 0, standardDeviation: 0.05)
        return
      }
      let fields = try Fields(decoder, NormalKeys.self, part: kind)
      self = .randomNormal(
        mean: try fields.value(.mean, default: 0),
        standardDeviation: try fields.number(.standardDeviation, default: 0.05, in: 0...1e6))
    case "unitForget" where hasSettings:
      let fields = try Fields(decoder, OthersKeys.self, part: kind)
      self = .unitForget(others: try fields.required(.others))
    default:
      guard let initializer = Self.plain[kind] else {
        let known = Self.plain.keys + ["constant", "randomUniform", "randomNormal", "unitForget"]
        throw PlacedError(
          ConfigurationError.unknown(kind, of: "initializer", among: known.sorted()),
          at: decoder.codingPath + (hasSettings ? [kindKey] : []))
      }
      if hasSettings { _ = try Fields(decoder, NoSettings.self, part: kind) }
      self = initializer
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if let name = Self.plain.first(where: { $0.value == self })?.key {
      var container = encoder.singleValueContainer()
      return try container.encode(name)
    }
    switch self {
    case .constant(let value):
      var container = encoder.container(keyedBy: ConstantKeys.self)
      try container.encode("constant", forKey: .kind)
      try container.encode(value, forKey: .value)
    case .randomUniform(let low, let high):
      var container = encoder.container(keyedBy: UniformKeys.self)
      try container.encode("randomUniform", forKey: .kind)
      try container.encode(low, forKey: .low)
      try container.encode(high, forKey: .high)
    case .randomNormal(let mean, let deviation):
      var container = encoder.container(keyedBy: NormalKeys.self)
      try container.encode("randomNormal", forKey: .kind)
      try container.encode(mean, forKey: .mean)
      try container.encode(deviation, forKey: .standardDeviation)
    case .unitForget(let others):
      var container = encoder.container(keyedBy: OthersKeys.self)
      try container.encode("unitForget", forKey: .kind)
      try container.encode(others, forKey: .others)
    default: break
    }
  }
}
