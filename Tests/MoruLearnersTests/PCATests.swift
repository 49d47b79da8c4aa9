import Foundation
import GoldenKit
import MoruData
import MoruLayers
import MoruLearners
import MoruModels
import MoruTensors
import Testing

@Suite("Principal components") struct PCATests {
  private static func count(of golden: ClusterGolden) throws -> PCA.Components {
    let count = try golden.setting("count").number()
    return count < 1 ? .share(count) : .count(Int(count))
  }

  @Test(
    "agree with scikit-learn, however they are found",
    arguments: ["pca", "pca_whitened", "pca_share", "pca_tall", "pca_wide"],
    [PCA.Solver.automatic, .full, .covariance, .randomized])
  func golden(name: String, solver: PCA.Solver) throws {
    let golden = try ClusterGolden(name)
    let learner = PCA(
      try Self.count(of: golden), whiten: try golden.setting("whiten").bool(), solver: solver)
    let points = try golden.tensor("points")
    let found = try learner.components(of: points, seed: 1)
    #expect(try golden.agrees(found.mean, "mean", within: 1e-12))
    #expect(try golden.agrees(HostTensor(found.components), "components", within: 1e-9))
    #expect(try golden.agrees(found.variances, "variances", within: 1e-10))
    #expect(try golden.agrees(found.varianceShares, "shares", within: 1e-10))
    let projections = try found.projections(of: points)
    #expect(try golden.agrees(projections, "projections", within: 1e-9))
    #expect(try golden.agrees(found.points(of: projections), "back", within: 1e-9))
  }

  @Test(
    "Float32 loses no more than its own digits", arguments: ["pca", "pca_tall", "pca_wide"],
    [PCA.Solver.full, .covariance, .randomized])
  func float32(name: String, solver: PCA.Solver) throws {
    let golden = try ClusterGolden(name)
    let points = try golden.tensor("points").converted(to: .float32)
    let learner = PCA(
      try Self.count(of: golden), whiten: try golden.setting("whiten").bool(), solver: solver)
    let found = try learner.components(of: points)
    #expect(try golden.agrees(HostTensor(found.components), "components", within: 1e-5))
    #expect(try golden.agrees(found.variances, "variances", within: 1e-6))
    #expect(try golden.agrees(found.projections(of: points), "projections", within: 1e-5))
  }

  @Test("directions at random come near the truth where variances fall off")
  func randomized() throws {
    var generator = Seed(4).generator
    let (rows, features) = (1200, 1100)
    let points = HostTensor(shape: [rows, features]) {
      (values: UnsafeMutableBufferPointer<Float>) in
      for place in values.indices {
        let feature = place % features
        values[place] = Float(generator.uniform() - 0.5) * 20 / Float(1 + feature)
      }
    }
    let exact = try PCA(5, solver: .full).components(of: points)
    let near = try PCA(5).components(of: points, seed: 2)
    for (one, other) in zip(exact.variances, near.variances) {
      #expect(abs(one - other) <= 1e-5 * one)
    }
    #expect(abs(exact.totalVariance - near.totalVariance) <= 1e-5 * exact.totalVariance)
    #expect(near != exact)
    #expect(near == (try PCA(5).components(of: points, seed: 2)))
  }

  @Test("odd cases are defined")
  func oddCases() throws {
    // No variance: directions without meaning, but of length 1, and nothing along them.
    let constant = try PCA(1, whiten: true).components(of: .zeros([4, 2]))
    #expect(constant.variances == [0] && constant.totalVariance == 0)
    #expect(constant.varianceShares == [0])
    #expect(try constant.projections(of: .zeros([4, 2])).array(of: Float.self) == [0, 0, 0, 0])
    // More components than points can tell apart.
    let two = try PCA().components(of: HostTensor([[0, 0, 0], [2, 0, 0]] as [[Float]]))
    #expect(two.components.count == 2 && abs(two.variances[0] - 2) < 1e-12)
    #expect(abs(two.variances[1]) < 1e-12)
    #expect(
      throws: LearnerError.setting(
        learner: "PCA", name: "points", problem: "must be at least two")
    ) {
      try PCA().components(of: .zeros([1, 3]))
    }
    let error = #expect(throws: LearnerError.self) { try PCA(4).components(of: .zeros([9, 3])) }
    #expect(
      "\(try #require(error))"
        == "PCA: components is 4, but must be from 1 to the number of points or features, 3.")
    #expect(throws: LearnerError.notFinite(learner: "PCA", feature: 1, sample: 0)) {
      try PCA().components(of: HostTensor([[0, .infinity], [0, 0]] as [[Float]]))
    }
    let other = #expect(throws: LearnerError.self) { try two.projections(of: .zeros([2, 4])) }
    #expect("\(try #require(other))" == "PCA: points have 4 features, not 3.")
  }

  @Test("are a step of a pipeline, fitted to what is learned from and saved inside the model")
  func preparation() async throws {
    var generator = Seed(5).generator
    let (rows, features) = (120, 6)
    var values: [Float] = []
    var classes: [Int32] = []
    for row in 0..<rows {
      let sign: Float = row % 2 == 0 ? -1 : 1
      for feature in 0..<features {
        values.append(sign * Float(feature + 1) + Float(generator.uniform()) * 4)
      }
      classes.append(Int32(row % 2))
    }
    let data = try Dataset(
      source: "points",
      features: [.init(values: HostTensor(values, shape: [rows, features]))],
      targets: .classes(classes, labels: ["a", "b"]))
    let pipeline = Pipeline([.standardScaler(), .pca(2, whiten: true)], LogisticRegression())
    let model = try await pipeline.fit(data, seed: 1)
    // The same by hand, step by step.
    let scaled = try await Pipeline([.standardScaler()], PCA(2, whiten: true)).fit(data, seed: 0)
    let projections = try data.with(features: [
      .init(values: await Predictor(scaled).predict([data.features[0].values])[0])
    ])
    let alone = try await LogisticRegression().fit(projections, seed: 1)
    let wanted = try await Predictor(alone).predict([projections.features[0].values])[0]
    let found = try await Predictor(model).predict([data.features[0].values])[0]
    let pairs = zip(try found.array(of: Float.self), try wanted.array(of: Float.self))
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 })
    let folder = FileManager.default.temporaryDirectory.appending(path: "pca-\(UUID()).moru")
    defer { try? FileManager.default.removeItem(at: folder) }
    try model.save(folder.path)
    let loaded = try TrainedModel.load(folder.path)
    #expect(try await Predictor(loaded).predict([data.features[0].values])[0] == found)
    // What was projected in training stays so in a later one.
    #expect(model.declaration.parameterCount == alone.declaration.parameterCount)
    var holes = values
    holes[7] = .nan
    let missing = try HostTensor(holes, shape: [rows, features])
    #expect(throws: LearnerError.self) { _ = try PCA(2).fitted(to: missing) }
  }
}
