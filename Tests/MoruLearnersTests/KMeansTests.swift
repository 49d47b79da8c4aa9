import Foundation
import GoldenKit
import MoruLearners
import MoruMetrics
import MoruTensors
import Testing

@Suite("K-means") struct KMeansTests {
  @Test(
    "agrees with scikit-learn from given centers",
    arguments: ["k_means", "k_means_empty", "k_means_weighted", "k_means_one", "k_means_all"])
  func golden(name: String) throws {
    let golden = try ClusterGolden(name)
    let start = try golden.tensor("start")
    let learner = KMeans(start.shape[0], seeding: .centers(start))
    let found = try learner.cluster(golden.tensor("points"), weights: golden.weights)
    #expect(found.labels == (try golden.integers("labels")))
    #expect(try golden.agrees(found.centers, "centers", within: 1e-12))
    #expect(
      try golden.agrees([found.inertia], "inertia", within: 1e-12)
        || found.inertia == (try golden.numbers("inertia")[0]))
    #expect(found.iterations == (try golden.setting("iterations").integer()))
    #expect(found.isConverged)
  }

  @Test("Float32 finds the same groups as Float64", arguments: ["k_means", "k_means_weighted"])
  func float32(name: String) throws {
    let golden = try ClusterGolden(name)
    let start = try golden.tensor("start")
    let learner = KMeans(start.shape[0], seeding: .centers(start))
    let points = try golden.tensor("points").converted(to: .float32)
    let found = try learner.cluster(points, weights: golden.weights)
    #expect(found.labels == (try golden.integers("labels")))
    #expect(try golden.agrees(found.centers, "centers", within: 1e-6))
    #expect(found.centers.dtype == .float32)
  }

  @Test(
    "k-means++ takes the records that scikit-learn takes for the same draws",
    arguments: ["k_means_plus_plus", "k_means_plus_plus_weighted"])
  func seeds(name: String) throws {
    let golden = try ClusterGolden(name)
    let records = try Records<Double>(golden.tensor("points"), learner: "test")
    var draws = try golden.numbers("draws")[...]
    let chosen = try KMeans.startingRecords(
      records, clusters: golden.integers("chosen").count, weights: golden.weights
    ) { draws.removeFirst() }
    #expect(chosen == (try golden.integers("chosen")))
  }

  @Test("groups say how good they are by the metrics of clusters")
  func quality() throws {
    let points = try HostTensor([[0], [1], [10], [11]] as [[Float]])
    let found = try KMeans(2).cluster(points)
    // Distances of 1 within a group and of 9 to 11 between them.
    let silhouettes = [(10.5 - 1) / 10.5, (9.5 - 1) / 9.5]
    #expect(try abs(found.quality(of: points).silhouette - silhouettes.mean) < 1e-12)
    #expect(throws: MetricsError.self) {
      try KMeans(1).cluster(points).quality(of: points)
    }
  }

  /// Groups of records around points of a lattice.
  private func lattice(_ count: Int, features: Int, seed: Seed = 3) -> HostTensor {
    var generator = seed.generator
    return HostTensor(shape: [count, features]) { (values: UnsafeMutableBufferPointer<Float>) in
      for place in values.indices {
        let group = place / features % 7
        values[place] =
          Float(10 * (group >> (place % features) & 1)) + Float(generator.uniform() - 0.5)
      }
    }
  }

  @Test("bounds change nothing: every record is nearest to its center, every center a mean")
  func isLocalMinimum() throws {
    let points = lattice(20_000, features: 5)
    let values = try points.array(of: Float.self).map { Double($0) }
    for clusters in [1, 2, 7, 13, 40] {
      let found = try KMeans(clusters, maximumIterations: 1000).cluster(points, seed: 5)
      #expect(found.isConverged)
      let centers = try found.centers.array(of: Float.self).map { Double($0) }
      var sums = [Double](repeating: 0, count: centers.count)
      var worse = 0
      var inertia = 0.0
      for record in 0..<20_000 {
        let distances = (0..<clusters).map { center in
          (0..<5).reduce(0.0) {
            let difference = values[record * 5 + $1] - centers[center * 5 + $1]
            return $0 + difference * difference
          }
        }
        let label = found.labels[record]
        inertia += distances[label]
        if distances[label] > (distances.min() ?? 0) * (1 + 1e-5) + 1e-6 { worse += 1 }
        for feature in 0..<5 { sums[label * 5 + feature] += values[record * 5 + feature] }
      }
      #expect(worse == 0)
      #expect(abs(found.inertia - inertia) <= 1e-9 * inertia)
      for place in sums.indices {
        #expect(abs(sums[place] / Double(found.sizes[place / 5]) - centers[place]) < 1e-5)
      }
    }
  }

  @Test("the seed decides everything, and more starts are never worse")
  func starts() throws {
    let points = lattice(3000, features: 3)
    let one = KMeans(5, seeding: .randomRecords, starts: 1)
    #expect(try one.cluster(points, seed: 1) == one.cluster(points, seed: 1))
    let ten = try KMeans(5, seeding: .randomRecords).cluster(points, seed: 1)
    #expect(try ten.inertia <= one.cluster(points, seed: 1).inertia)
    let separate = try KMeans(7).cluster(points)
    #expect(separate.sizes.allSatisfy { (425...431).contains($0) }, "\(separate.sizes)")
  }

  @Test("it ends early within a tolerance, and when it may not go on")
  func ends() throws {
    let points = lattice(3000, features: 3)
    let full = try KMeans(9).cluster(points)
    let loose = try KMeans(9, tolerance: 1e-2).cluster(points)
    #expect(loose.iterations < full.iterations && loose.isConverged)
    let cut = try KMeans(9, maximumIterations: 1).cluster(points)
    #expect(cut.iterations == 1 && !cut.isConverged)
    #expect(full.inertia <= cut.inertia)
  }

  @Test("odd cases are defined")
  func oddCases() throws {
    let same = HostTensor(repeating: Float(2.5), shape: [6, 2])
    let duplicates = try KMeans(3).cluster(same)
    #expect(duplicates.inertia == 0 && duplicates.isConverged)
    #expect(duplicates.sizes == [6, 0, 0])
    #expect(try duplicates.centers.array(of: Float.self) == [Float](repeating: 2.5, count: 6))
    let one = try KMeans(1).cluster(HostTensor([[3, 4]] as [[Float]]))
    #expect(one.labels == [0] && one.inertia == 0)
    let constant = try KMeans(2).cluster(
      HostTensor([[1, 0], [1, 1], [1, 10], [1, 11]] as [[Float]]))
    #expect(constant.inertia == 1)
    // Far from the origin nothing is lost.
    let far = try KMeans(2).cluster(
      HostTensor([[1e6], [1_000_001], [1_000_010], [1_000_011]] as [[Float]]))
    #expect(far.inertia == 1 && Set(far.labels[..<2]) != Set(far.labels[2...]))
  }

  @Test("refusals say what to do")
  func refusals() throws {
    func message(_ learner: KMeans, _ points: HostTensor, _ weights: [Float]? = nil) -> String {
      do {
        _ = try learner.cluster(points, weights: weights)
        return "accepted"
      } catch { return "\(error)" }
    }
    let points = try HostTensor([[1, 2], [3, 4]] as [[Float]])
    #expect(
      message(KMeans(3), points)
        == "k-means: clusters is 3, but there are 2 records; ask for fewer.")
    #expect(message(KMeans(0), points) == "k-means: clusters must be at least 1, not 0.")
    #expect(
      message(KMeans(1), try HostTensor([[1, 2], [3, .nan]] as [[Float]]))
        == "k-means: feature 1 of sample 1 is not a finite number. "
        + "Fill missing values first, or leave the sample out.")
    #expect(message(KMeans(1), HostTensor.zeros([0, 3])).hasPrefix("k-means: there is no sample"))
    #expect(
      message(KMeans(2, seeding: .centers(points)), .zeros([4, 3]))
        == "k-means: seeding has centers of shape [2, 2], not [2, 3].")
    #expect(message(KMeans(1), points, [0, 0]).contains("not all of them 0"))
    #expect(
      message(KMeans(1), HostTensor(repeating: Float(3e38), shape: [2, 2]))
        .hasPrefix("accepted"))
    #expect(
      message(KMeans(1), try HostTensor([[3e38], [-3e38]] as [[Float]])) == "accepted")
  }
}

@Suite("Mini-batch k-means") struct MiniBatchKMeansTests {
  @Test("moves centers as scikit-learn does, batch by batch")
  func golden() throws {
    let golden = try ClusterGolden("mini_batches")
    let batches = try golden.tensor("batches")
    let values = try batches.array(of: Double.self)
    let size = batches.shape[1] * batches.shape[2]
    let found = try MiniBatchKMeans.centers(
      from: golden.tensor("start"),
      after: (0..<batches.shape[0]).map { batch in
        try HostTensor(
          Array(values[batch * size..<(batch + 1) * size]),
          shape: [batches.shape[1], batches.shape[2]])
      })
    let all = try found.flatMap { try $0.array(of: Double.self) }
    let centers = try golden.tensor("centers")
    #expect(try golden.agrees(HostTensor(all, shape: centers.shape), "centers", within: 1e-12))
  }

  @Test("comes near k-means, from the same seed alike")
  func quality() throws {
    var generator = Seed(2).generator
    let points = HostTensor(shape: [6000, 2]) { (values: UnsafeMutableBufferPointer<Float>) in
      for record in 0..<6000 {
        values[2 * record] = Float(10 * (record % 3)) + Float(generator.uniform())
        values[2 * record + 1] = Float(10 * (record % 2)) + Float(generator.uniform())
      }
    }
    let learner = MiniBatchKMeans(6, batchSize: 200)
    let found = try learner.cluster(points, seed: 4)
    let full = try KMeans(6).cluster(points, seed: 4)
    #expect(found.inertia >= full.inertia * 0.999 && found.inertia < full.inertia * 1.05)
    #expect(found.isConverged && found.sizes.allSatisfy { $0 == 1000 })
    #expect(try learner.cluster(points, seed: 4) == found)
    // Records that do not count move nothing.
    let weights = (0..<6000).map { Float($0 % 3 == 0 ? 0 : 1) }
    let part = try MiniBatchKMeans(4, batchSize: 500).cluster(points, weights: weights, seed: 1)
    let nearest = try part.centers.array(of: Float.self)
    #expect(stride(from: 0, to: 8, by: 2).allSatisfy { nearest[$0] > 9 }, "\(nearest)")
  }

  @Test("odd cases are defined")
  func oddCases() throws {
    let same = try MiniBatchKMeans(2).cluster(HostTensor(repeating: Float(1), shape: [5, 2]))
    #expect(same.inertia == 0 && same.sizes.reduce(0, +) == 5)
    let error = #expect(throws: LearnerError.self) {
      try MiniBatchKMeans(2).cluster(.zeros([1, 2]))
    }
    #expect(
      "\(try #require(error))"
        == "mini-batch k-means: clusters is 2, but there are 1 records; ask for fewer.")
    #expect(throws: LearnerError.self) { try MiniBatchKMeans(1, batchSize: 0).cluster(.zeros([1])) }
  }
}

@Suite("The elbow") struct ElbowTests {
  @Test("is where more clusters help little")
  func elbow() throws {
    var generator = Seed(2).generator
    let points = HostTensor(shape: [900, 1]) { (values: UnsafeMutableBufferPointer<Float>) in
      for record in values.indices {
        values[record] = Float(100 * (record % 3)) + Float(generator.uniform())
      }
    }
    let found = try KMeans(1).elbow(points, clusters: 1...8)
    #expect(found.suggestion == 3)
    #expect(found.inertias.count == 8 && found.clusters == Array(1...8))
    #expect(try KMeans(1).elbow(points, clusters: 1...2).suggestion == nil)
    #expect(try KMeans(1).elbow(.zeros([9, 1]), clusters: 1...4).suggestion == nil)
  }
}
