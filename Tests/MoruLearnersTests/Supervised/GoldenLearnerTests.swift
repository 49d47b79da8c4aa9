import GoldenKit
import MoruLearners
import MoruMetrics
import MoruTensors
import Testing

@Suite("Learners against scikit-learn, statsmodels and XGBoost") struct GoldenLearnerTests {
  static let names = GoldenFile.names(in: "learners")

  @Test("there are files") func files() { #expect(Self.names.count > 40) }

  @Test("models answer as theirs do", arguments: names)
  func answers(name: String) async throws {
    let golden = try GoldenLearner(name)
    let error = try relativeError(
      try await golden.output(), golden.file.tensor("output"))
    #expect(error < 1e-5, "\(name)")
  }

  static let linear = names.filter { name in
    (try? GoldenLearner(name).learner as? any LinearLearner) != nil
  }

  @Test("coefficients are theirs", arguments: linear)
  func coefficients(name: String) throws {
    let golden = try GoldenLearner(name)
    let learner = try #require(golden.learner as? any LinearLearner)
    let found = try learner.coefficients(of: golden.data)
    let weights = found.outputs.map { $0.coefficients.map(\.value) }
    let intercepts = found.outputs.map(\.intercept.value)
    #expect(
      try relativeError(HostTensor(weights), golden.file.tensor("coefficients")) < 1e-7, "\(name)")
    #expect(
      try relativeError(HostTensor(intercepts), golden.file.tensor("intercepts")) < 1e-7,
      "\(name)")
    guard golden.file.tensors["errors"] != nil else { return }
    let all = [found.outputs[0].intercept] + found.outputs[0].coefficients
    let figures = [
      "errors": all.map { $0.standardError ?? .nan }, "low": all.map { $0.interval?.lower ?? .nan },
      "high": all.map { $0.interval?.upper ?? .nan }, "p": all.map { $0.pValue ?? .nan },
    ]
    for (figure, values) in figures {
      #expect(
        try relativeError(HostTensor(values), golden.file.tensor(figure)) < 1e-6,
        "\(name) \(figure)")
    }
  }
}
