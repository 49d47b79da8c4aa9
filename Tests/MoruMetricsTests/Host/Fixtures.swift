import Foundation

/// What scikit-learn, statsmodels and SciPy say; made by `Fixtures/make_fixtures.py`.
struct Fixtures: Decodable {
  struct Proportion: Decodable {
    let successes: Int
    let count: Int
    let wilson: [Double]
    let clopperPearson: [Double]
  }

  struct Classification: Decodable {
    let name: String
    let classCount: Int
    let truth: [Int]
    let predicted: [Int]
    let counts: [[Int]]
    let byTruth: [[Double]]
    let byPredicted: [[Double]]
    let byAll: [[Double]]
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]
    let support: [Int]
    let macro: [Double]
    let weighted: [Double]
    let accuracy: Double
    let mostFrequent: Int
    let mostFrequentAccuracy: Double

    var labels: [String] { (0..<classCount).map { "class \($0)" } }
  }

  struct Regression: Decodable {
    let name: String
    let truth: [Double]
    let predicted: [Double]
    let scores: [String: Double]
    let intervals: [String: [Double]]
  }

  let intervals: [Proportion]
  let classification: [Classification]
  let regression: [Regression]

  static func load() throws -> Fixtures {
    let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
    let data = try Data(contentsOf: folder.appendingPathComponent("metrics.json"))
    return try JSONDecoder().decode(Fixtures.self, from: data)
  }
}

/// Whether two lists are equally long and differ nowhere by more than 1e-9 of the expected value.
func agree(_ found: [Double], _ expected: [Double]) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-9 * max(1e-9, abs($1)) }
}
