import Foundation
import MoruData
import MoruLearners
import MoruModels
import MoruTensors
import Testing

@Suite("Models of clusters and components") struct ClusterModelTests {
  private static let digits = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Examples/data/digits.csv.gz").standardized

  private func data(_ points: HostTensor) throws -> Dataset {
    try Dataset(
      source: "test", features: [.init(values: points.converted(to: .float32))], targets: nil)
  }

  /// What a model says of a data set after it was saved and loaded.
  private func answers(_ model: TrainedModel, _ data: Dataset) async throws -> HostTensor {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "\(UUID().uuidString).moru")
    defer { try? FileManager.default.removeItem(at: folder) }
    try ModelPackage.save(model, to: folder)
    let loaded = try ModelPackage.load(from: folder)
    #expect(loaded.signature == model.signature)
    return try await Predictor(loaded).predict(data.features.map(\.values))[0]
  }

  @Test("k-means: the greatest score is the nearest center's, minus the squared distance")
  func kMeans() async throws {
    let digits = try Dataset.csv(at: Self.digits, target: "label", shape: [8, 8, 1])
      .subset(Array(0..<300))
    let learner = KMeans(5)
    let clustering = try learner.cluster(digits.features[0].values, seed: 3)
    let model = try await learner.fit(digits, seed: 3)
    let scores = try await answers(model, digits).array(of: Float.self)
    var inertia = 0.0
    for record in 0..<300 {
      let row = Array(scores[record * 5..<(record + 1) * 5])
      #expect(row.firstIndex(of: row.max() ?? 0) == clustering.labels[record])
      inertia -= Double(row.max() ?? 0)
    }
    #expect(abs(inertia - clustering.inertia) < 1e-5 * inertia)
    let judged = try model.signature.outputs[0].judgements(HostTensor(scores, shape: [300, 5]))
    let pairs = zip((1...5).map { "cluster \($0)" }, scores.prefix(5)).map { ($0, Double($1)) }
    #expect(
      judged[0] == .scoredLabel("cluster \(clustering.labels[0] + 1)", scores: pairs))
    // Weights of samples count: half of them say nothing.
    let half = try Dataset(
      source: "test", features: digits.features, targets: nil,
      sampleWeights: (0..<300).map { $0 < 150 ? 1 : 0 })
    let first = try await learner.fit(half, seed: 3)
    let alone = try learner.cluster(
      half.features[0].values, weights: half.sampleWeights, seed: 3)
    #expect(first.weights["centers/mean"] == alone.centers)
    #expect(first.weights["centers/mean"] != clustering.centers)
  }

  @Test(
    "Gaussian mixtures give the probabilities",
    arguments: GaussianMixture.Covariance.allCases)
  func mixtures(covariance: GaussianMixture.Covariance) async throws {
    let points = try ClusterGolden("mixture_full").tensor("points")
    let learner = GaussianMixture(3, covariance: covariance)
    let data = try data(points)
    let mixture = try learner.mixture(of: data.features[0].values, seed: 5)
    let found = try await answers(learner.fit(data, seed: 5), data).array(of: Float.self)
    let expected = try mixture.probabilities(of: points).array(of: Double.self)
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test("PCA gives the projections, of numbers far from 0 too", arguments: [false, true])
  func components(whiten: Bool) async throws {
    let points = try ClusterGolden("pca").tensor("points")
    let far = HostTensor(
      try points.array(of: Double.self).map { Float($0 + 4096) }, at: points.shape)
    let learner = PCA(3, whiten: whiten)
    let data = try data(far)
    let model = try await learner.fit(data, seed: 0)
    let found = try await answers(model, data).array(of: Float.self)
    let expected = try learner.components(of: far).projections(of: far).array(of: Float.self)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-4 })
  }

  @Test("data of several inputs are refused")
  func inputs() async throws {
    let two = try Dataset(
      source: "test",
      features: [
        .init(name: "a", values: .zeros([3, 1])), .init(name: "b", values: .zeros([3, 1])),
      ],
      targets: nil)
    await #expect(throws: LearnerError.features(learner: "k-means", names: ["a", "b"])) {
      try await KMeans(1).fit(two, seed: 0)
    }
  }

  @Test("profiles say what stands out, in units and deviations")
  func profiles() throws {
    let points = try HostTensor(
      [[20, 1, 7], [22, 3, 7], [60, 1, 7], [62, 3, 7], [61, 2, 7]] as [[Double]])
    let found = try ClusterProfile.profiles(
      [0, 0, 1, 1, nil], of: points, names: ["나이", "visits", "constant"])
    #expect(found.map(\.size) == [2, 2])
    #expect(found[0].traits.map(\.feature) == ["나이"])
    #expect(
      found[0].description == "Cluster 1, 2 records (40.0 %): 나이 21 against 45 (−1.2 SD)")
    let all = try ClusterProfile.profiles([0, 0, 0, 0, 0], of: points, names: ["a", "b", "c"])
    #expect(all[0].description == "Cluster 1, 5 records (100.0 %): like all")
    #expect(throws: LearnerError.self) {
      try ClusterProfile.profiles([0], of: points, names: ["a", "b", "c"])
    }
  }
}

extension HostTensor {
  fileprivate init(_ values: [Float], at shape: Shape) {
    self.init(shape: shape) { (buffer: UnsafeMutableBufferPointer<Float>) in
      _ = buffer.initialize(fromContentsOf: values)
    }
  }
}
