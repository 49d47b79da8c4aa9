import GoldenKit
import MoruMetrics
import MoruTensors
import Testing

@Suite("Figures of clusters") struct ClusterTests {
  @Test("compared with classes are those of scikit-learn", arguments: verdictCases("clusters"))
  func comparison(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let found = try ClusterComparison(
      truth: file.integers("truth"), predicted: file.integers("predicted"))
    let figures = [
      found.randIndex, found.adjustedRandIndex, found.fowlkesMallows, found.mutualInformation,
      found.normalizedMutualInformation, found.adjustedMutualInformation, found.homogeneity,
      found.completeness, found.vMeasure(), found.vMeasure(beta: 0.3),
    ]
    for (place, (found, expected)) in zip(figures, try file.numbers("figures")).enumerated() {
      #expect(abs(found - expected) <= 1e-9, "\(place)")
    }
  }

  @Test("do not depend on the clusters' numbers")
  func names() throws {
    let truth = (0..<60).map { $0 % 3 }
    let predicted = (0..<60).map { ($0 / 7) % 4 }
    let plain = try ClusterComparison(truth: truth, predicted: predicted)
    let far = try ClusterComparison(
      truth: truth.map { [.min, 0, .max][$0] }, predicted: predicted.map { $0 * 1_000_000_007 })
    #expect(plain == far)
    #expect(throws: MetricsError.noSamples) { try ClusterComparison(truth: [], predicted: []) }
    #expect(throws: MetricsError.lengthsDiffer(truth: 1, predicted: 0)) {
      try ClusterComparison(truth: [1], predicted: [])
    }
  }

  @Test("by distances are those of scikit-learn", arguments: verdictCases("compactness"))
  func quality(name: String) throws {
    let file = try GoldenFile(verdict: name)
    let quality = try ClusterQuality(
      features: file.table("features"), clusters: file.integers("clusters"))
    #expect(close(quality.silhouettes, try file.numbers("silhouettes")))
    let found = [quality.silhouette, quality.daviesBouldin, quality.calinskiHarabasz]
    #expect(close(found, try file.numbers("figures")), "\(found)")
  }

  @Test("by distances need two clusters, and fewer than samples")
  func refusals() throws {
    let features = try NumberTable(rows: [[0], [1], [5]])
    for clusters in [[1, 1, 1], [1, 2, 3]] {
      #expect(throws: MetricsError.self) {
        try ClusterQuality(features: features, clusters: clusters)
      }
    }
    #expect(throws: MetricsError.lengthsDiffer(truth: 2, predicted: 3)) {
      try ClusterQuality(features: features, clusters: [0, 1])
    }
    let points = try ClusterQuality(
      features: NumberTable(rows: [[0], [0], [0], [0]]), clusters: [0, 0, 1, 1])
    #expect(points.silhouette == 0)
    #expect(points.daviesBouldin == 0)
    #expect(points.calinskiHarabasz == 1)
  }
}
