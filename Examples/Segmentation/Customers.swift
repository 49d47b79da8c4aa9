import Foundation
import Moru

/// Customers of a shop that never was, and a campaign among them: a half by chance got a letter.
///
/// There are five kinds of customers, which the table does not name. The letter brought one kind to the
/// shop and put the others off a little.
enum Customers {
  /// The columns that describe a customer; the others are the campaign's.
  static let features = [
    "age, years", "visits a month", "basket, 1000 won", "online, %", "last visit, days ago",
    "customer for, years",
  ]

  private struct Kind {
    /// Mean and deviation of each feature.
    let features: [(mean: Double, deviation: Double)]
    let share: Double
    /// The probability to buy in the weeks after the campaign without a letter, and what it adds.
    let buying: (alone: Double, letter: Double)
  }

  private static let kinds = [
    Kind(
      features: [(42, 6), (8, 2), (95, 20), (25, 12), (4, 3), (7, 3)], share: 0.25,
      buying: (0.22, -0.012)),
    Kind(
      features: [(67, 6), (12, 3), (28, 8), (4, 4), (2, 2), (12, 4)], share: 0.2,
      buying: (0.30, -0.012)),
    Kind(
      features: [(27, 4), (0.8, 0.5), (38, 12), (88, 8), (75, 20), (1.5, 0.8)], share: 0.18,
      buying: (0.10, 0.09)),
    Kind(
      features: [(34, 6), (15, 3), (11, 3), (15, 10), (2, 2), (3, 1.5)], share: 0.22,
      buying: (0.25, -0.012)),
    Kind(
      features: [(52, 8), (3, 1), (210, 50), (45, 20), (15, 8), (6, 3)], share: 0.15,
      buying: (0.18, -0.012)),
  ]

  /// A table of customers as CSV.
  static func csv(_ count: Int, seed: Seed) -> String {
    var generator = seed.generator
    let names = (features + ["letter", "bought"]).map { "\"\($0)\"" }
    let rows = (0..<count).map { _ in
      var rest = generator.uniform()
      let kind =
        kinds.first { kind in
          rest -= kind.share
          return rest < 0
        } ?? kinds[0]
      let numbers = kind.features.map { mean, deviation in
        // Twelve uniform numbers make a bell; no feature is below 0.
        let bell = (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() }
        return String(format: "%.1f", max(0, mean + deviation * bell))
      }
      let letter = generator.uniform() < 0.5
      let buying = kind.buying.alone + (letter ? kind.buying.letter : 0)
      let answers = [letter, generator.uniform() < buying].map { $0 ? "yes" : "no" }
      return (numbers + answers).joined(separator: ",")
    }
    return ([names.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }
}
