import Foundation
import MoruMetrics
public import MoruTensors

/// A model's answer for one sample, in words a person understands.
public enum Judgement: Sendable, Equatable {
  /// A class, with the probability of every class by label, in the order of the labels.
  case label(String, probabilities: [(label: String, probability: Double)])
  /// A class, with the score of every class by label, in the order of the labels: no probabilities.
  case scoredLabel(String, scores: [(label: String, score: Double)])
  /// Any number of labels, with the probability of every one, in the order of the labels.
  case labels([String], probabilities: [(label: String, probability: Double)])
  /// A number, of the target's name and unit.
  case value(Double, name: String, unit: String?)
  /// What is forecast of each step ahead: so many quantiles, from the least on.
  case forecast([[Double]], quantiles: [Double])
  /// Numbers without a stated meaning.
  case numbers([Double])

  public static func == (one: Judgement, other: Judgement) -> Bool {
    switch (one, other) {
    case (.label(let a, let p), .label(let b, let q)):
      a == b && p.count == q.count && zip(p, q).allSatisfy { $0 == $1 }
    case (.scoredLabel(let a, let p), .scoredLabel(let b, let q)):
      a == b && p.count == q.count && zip(p, q).allSatisfy { $0 == $1 }
    case (.labels(let a, let p), .labels(let b, let q)):
      a == b && p.count == q.count && zip(p, q).allSatisfy { $0 == $1 }
    case (.value(let a, let n, let u), .value(let b, let m, let v)): a == b && n == m && u == v
    case (.forecast(let a, let p), .forecast(let b, let q)): a == b && p == q
    case (.numbers(let a), .numbers(let b)): a == b
    default: false
    }
  }
}

extension ModelOutput {
  /// The answers that a batch of outputs stands for.
  ///
  /// - Throws: `TensorError` if the values are not this output's; `MetricsError` for scores of classes
  ///   that are not finite, and a rule that does not fit them.
  public func judgements(_ values: HostTensor) throws -> [Judgement] {
    let samples = values.shape.first ?? 0
    guard samples > 0 else { return [] }
    let numbers = try values.converted(to: .float64).array(of: Double.self)
    let width = numbers.count / samples
    let places = try classes(of: values)
    return (0..<samples).map { sample in
      judgement(
        Array(numbers[sample * width..<(sample + 1) * width]), place: places?[sample])
    }
  }

  /// The labels of which a sample may have several, with the probability above which each is given;
  /// nil for an output of other meaning.
  public var labelThresholds: [(label: String, threshold: Double)]? {
    guard case .labelSet(let labels, let thresholds) = meaning else { return nil }
    guard let values = thresholds?.values, values.count == labels.count else {
      return labels.map { ($0, 0.5) }
    }
    return zip(labels, values).map { ($0, $1) }
  }

  /// An answer; of classes with the place of the one that is given, nil if the numbers are not theirs.
  private func judgement(_ numbers: [Double], place: Int?) -> Judgement {
    if let place, let labels = classLabels {
      guard givesProbabilities else {
        return .scoredLabel(labels[place], scores: zip(labels, numbers).map { ($0, $1) })
      }
      let probabilities = numbers.count == 1 ? [1 - numbers[0], numbers[0]] : numbers
      return .label(labels[place], probabilities: zip(labels, probabilities).map { ($0, $1) })
    }
    switch meaning {
    case .labelSet(let labels, _) where labels.count == numbers.count:
      let given = zip(labelThresholds ?? [], numbers).filter { $1 > $0.threshold }.map(\.0.label)
      return .labels(given, probabilities: zip(labels, numbers).map { ($0, $1) })
    case .value(let name, let unit) where numbers.count == 1:
      return .value(numbers[0], name: name, unit: unit)
    case .forecast(let quantiles)
    where !quantiles.isEmpty && numbers.count % quantiles.count == 0:
      let steps = stride(from: 0, to: numbers.count, by: quantiles.count)
      return .forecast(
        steps.map { Array(numbers[$0..<$0 + quantiles.count]) }, quantiles: quantiles)
    default: return .numbers(numbers)
    }
  }
}
