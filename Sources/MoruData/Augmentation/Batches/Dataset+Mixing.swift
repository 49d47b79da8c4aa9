import Foundation
import MoruTensors

extension Dataset {
  /// The samples mixed with partners among themselves: features as `mix` says, targets by a share.
  ///
  /// - Throws: `DataError.inconsistent` if there are no targets.
  func mixed(
    with partners: [Int], share: Float,
    _ mix: (_ values: HostTensor, _ partners: HostTensor) throws(DataError) -> HostTensor
  ) throws(DataError) -> Dataset {
    let others = try subset(partners)
    var mixedFeatures: [Feature] = []
    for (own, other) in zip(features, others.features) {
      mixedFeatures.append(Feature(name: own.name, values: try mix(own.values, other.values)))
    }
    var mixedTargets: [Target] = []
    for (own, other) in zip(targets, others.targets) {
      mixedTargets.append(
        Target(
          name: own.name,
          shares: try Self.weighed(own.numbers, other.numbers, share: share), of: own.labels))
    }
    return try Dataset(
      source: source, features: mixedFeatures, targets: mixedTargets,
      sampleWeights: sampleWeights.map { own in
        zip(own, others.sampleWeights ?? own).map { share * $0 + (1 - share) * $1 }
      }, encoding: encoding)
  }

  /// `share · values + (1 − share) · partners`, Float32.
  static func weighed(
    _ values: HostTensor, _ partners: HostTensor, share: Float
  ) throws(DataError) -> HostTensor {
    do throws(TensorError) {
      let own = try values.converted(to: .float32).array(of: Float.self)
      let other = try partners.converted(to: .float32).array(of: Float.self)
      return HostTensor(shape: values.shape) { (result: UnsafeMutableBufferPointer<Float>) in
        for place in own.indices {
          result.initializeElement(at: place, to: share * own[place] + (1 - share) * other[place])
        }
      }
    } catch { throw .inconsistent("\(error)") }
  }
}

extension Dataset.Target {
  /// The values as numbers that can be mixed: of classes a row of 0 with one 1.
  fileprivate var numbers: HostTensor {
    guard case .classes(let classes, let labels) = values else { return tensor }
    return HostTensor(shape: [classes.count, labels.count]) {
      (result: UnsafeMutableBufferPointer<Float>) in
      result.initialize(repeating: 0)
      for (row, place) in classes.enumerated() { result[row * labels.count + Int(place)] = 1 }
    }
  }
}

extension SeededGenerator {
  /// A number exponentially distributed with mean 1.
  mutating func exponential() -> Double { -log(1 - uniform()) }

  /// A number of Beta(α, α).
  mutating func beta(_ alpha: Double) -> Double {
    let (first, second) = (gamma(alpha), gamma(alpha))
    return first + second > 0 ? first / (first + second) : 0.5
  }

  /// A number of Gamma(α, 1).
  ///
  /// - Source: Marsaglia, Tsang 2000, doi:10.1145/358407.358414.
  mutating func gamma(_ alpha: Double) -> Double {
    guard alpha >= 1 else { return gamma(alpha + 1) * pow(1 - uniform(), 1 / alpha) }
    let d = alpha - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = pow(1 + c * x, 3)
      guard v > 0 else { continue }
      if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
