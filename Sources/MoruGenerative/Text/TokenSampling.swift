import Foundation
public import MoruTensors

/// How the next token is drawn from a model's scores.
///
/// Scores are divided by the temperature; then all but the `topK` likeliest tokens are left out; then all
/// but the fewest likeliest tokens whose probabilities together reach `topP` (the nucleus). What is left
/// is drawn by its probability. Of equally likely tokens the first ones stay.
///
/// - Source: Fan, Lewis, Dauphin 2018, arXiv:1805.04833 (top-k); Holtzman et al. 2019, arXiv:1904.09751
///   (nucleus).
public struct TokenSampling: Sendable, Equatable {
  /// Below 1 likely tokens become likelier, above 1 all become more alike; 0 takes the likeliest always.
  public let temperature: Double
  /// How many of the likeliest tokens may be drawn; any if nil.
  public let topK: Int?
  /// Which probability the tokens that may be drawn have together at least; any token if nil.
  public let topP: Double?

  /// A way to draw.
  ///
  /// - Parameters:
  ///   - temperature: At least 0, finite.
  ///   - topK: At least 1.
  ///   - topP: Above 0 and at most 1.
  /// - Throws: `GenerativeError.outOfRange`.
  public init(
    temperature: Double = 1, topK: Int? = nil, topP: Double? = nil
  ) throws(GenerativeError) {
    guard temperature >= 0, temperature.isFinite else {
      throw .outOfRange("temperature", found: "\(temperature)", allowed: "finite and at least 0")
    }
    if let topK, topK < 1 {
      throw .outOfRange("topK", found: "\(topK)", allowed: "at least 1")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw .outOfRange("topP", found: "\(topP)", allowed: "above 0 and at most 1")
    }
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
  }

  /// The probability of each token to be drawn.
  ///
  /// - Parameter scores: Logits, or logarithms of probabilities; −∞ for tokens that must not be drawn.
  /// - Returns: As many numbers, which sum to 1; those that are left out are 0.
  public func probabilities(_ scores: [Double]) -> [Double] {
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    var kept = [Double](repeating: 0, count: scores.count)
    guard let first = order.first, temperature > 0 else {
      if let first = order.first { kept[first] = 1 }
      return kept
    }
    let best = scores[first]
    var weights = order.prefix(topK ?? order.count).map { exp((scores[$0] - best) / temperature) }
    if let topP {
      let target = topP * weights.reduce(0, +)
      var sum = 0.0
      let count = weights.firstIndex { weight in
        sum += weight
        return sum >= target
      }
      weights.removeLast(weights.count - 1 - (count ?? weights.count - 1))
    }
    let total = weights.reduce(0, +)
    for (place, weight) in zip(order, weights) { kept[place] = weight / total }
    return kept
  }

  /// Draws a token.
  ///
  /// - Parameter scores: As for `probabilities`; at least one.
  public func draw(_ scores: [Double], using generator: inout SeededGenerator) -> Int {
    let probabilities = probabilities(scores)
    var rest = generator.uniform()
    for (place, probability) in probabilities.enumerated() where probability > 0 {
      rest -= probability
      if rest < 0 { return place }
    }
    // What rounding leaves belongs to the last token that may be drawn.
    return probabilities.lastIndex { $0 > 0 } ?? 0
  }
}
