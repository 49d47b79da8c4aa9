import GoldenKit
import MoruLearners
import MoruTensors
import Testing

@Suite("Gaussian mixtures") struct GaussianMixtureTests {
  private static let names: [GaussianMixture.Covariance: String] = [
    .full: "full", .tied: "tied", .diagonal: "diag", .spherical: "spherical",
  ]

  @Test("agree with scikit-learn", arguments: GaussianMixture.Covariance.allCases)
  func golden(covariance: GaussianMixture.Covariance) throws {
    let golden = try ClusterGolden("mixture_" + (Self.names[covariance] ?? ""))
    let points = try golden.tensor("points")
    let found = try GaussianMixture(3, covariance: covariance)
      .mixture(of: points, from: golden.integers("groups"))
    #expect(found.iterations == (try golden.setting("iterations").integer()))
    #expect(found.isConverged == (try golden.setting("converged").bool()))
    #expect(try golden.agrees(found.weights, "weights", within: 1e-9))
    #expect(try golden.agrees(found.means, "means", within: 1e-9))
    #expect(try golden.agrees(found.covariances, "covariances", within: 1e-9))
    #expect(try golden.agrees(found.probabilities(of: points), "probabilities", within: 1e-9))
    #expect(try golden.agrees(found.logDensities(of: points), "log_densities", within: 1e-9))
    let criteria = try [
      found.bayesInformation(of: points), found.akaikeInformation(of: points),
    ]
    #expect(try golden.agrees(criteria, "criteria", within: 1e-9))
  }

  @Test("finds groups that overlap, from a k-means, and its criterion their number")
  func finds() throws {
    var generator = Seed(8).generator
    let points = HostTensor(shape: [1500, 2]) { (values: UnsafeMutableBufferPointer<Float>) in
      for record in 0..<1500 {
        // A narrow group across a round one, and one aside.
        let (x, y) = (generator.sumOfUniforms(), generator.sumOfUniforms())
        switch record % 3 {
        case 0: (values[2 * record], values[2 * record + 1]) = (4 * x, 0.2 * y)
        case 1: (values[2 * record], values[2 * record + 1]) = (0.5 * x + 1, 0.5 * y + 3)
        default: (values[2 * record], values[2 * record + 1]) = (x - 9, y - 9)
        }
      }
    }
    let criteria = try (1...5).map { count in
      try GaussianMixture(count, tolerance: 1e-5).mixture(of: points, seed: 1)
        .bayesInformation(of: points)
    }
    #expect(criteria.firstIndex(of: try #require(criteria.min())) == 2, "\(criteria)")
    let found = try GaussianMixture(3).mixture(of: points, seed: 1)
    #expect(found.weights.allSatisfy { abs($0 - 1 / 3) < 0.03 }, "\(found.weights)")
    let labels = try found.labels(of: points)
    let groups = (0..<3).map { group in
      Set(stride(from: group, to: 1500, by: 3).map { labels[$0] }).count
    }
    #expect(groups[2] == 1)
    #expect(try found.probabilities(of: points).shape == [1500, 3])
  }

  @Test("odd cases are defined, refusals say what to do")
  func oddCases() throws {
    // Duplicates only: the regularization is all that is left of the variance.
    let same = try GaussianMixture(2, covariance: .diagonal).mixture(
      of: HostTensor(repeating: Float(1), shape: [5, 2]))
    #expect(same.weights.contains { abs($0 - 1) < 1e-12 })
    let one = try GaussianMixture(1).mixture(of: HostTensor([[3, 4]] as [[Float]]))
    #expect(try zip(one.means.array(of: Double.self), [3, 4]).allSatisfy { abs($0 - $1) < 1e-12 })
    func message(_ learner: GaussianMixture, _ points: HostTensor) -> String {
      do {
        _ = try learner.mixture(of: points)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(
      message(GaussianMixture(3), .zeros([2, 2]))
        == "Gaussian mixture: components is 3, but there are 2 records; ask for fewer.")
    #expect(
      message(GaussianMixture(1, regularization: 0), .zeros([4, 2])).contains(
        "regularization is 0.0, which leaves a covariance without an inverse. Raise it"))
    #expect(
      message(GaussianMixture(1), HostTensor([Float.nan])).contains("is not a finite number"))
    #expect(throws: LearnerError.self) { try one.labels(of: .zeros([2, 3])) }
  }
}

extension SeededGenerator {
  /// About normal, mean 0 and deviation 1.
  fileprivate mutating func sumOfUniforms() -> Float {
    Float((0..<12).reduce(-6) { sum, _ in sum + uniform() })
  }
}
