import Foundation
import Moru

/// What a base of CIFAR-10 gains on photos of tomatoes, beside training from scratch.
struct TransferExperiment: Experiment {
  static let name = "transfer"
  static let seeds = 0..<5
  static let side = 96
  /// The recipe that gains are against.
  static let reference = "from scratch, retuned"

  let data: URL
  let pictures: URL

  /// What a recipe came to.
  struct Outcome {
    let name: String
    let rate: String
    /// For each photo the share of the seeds that tell it right.
    var photos: [Double]
    /// The share of the photos that each seed tells right.
    var accuracies: [Double] = []
    var seconds: [Double] = []

    var mean: Double { accuracies.reduce(0, +) / Double(accuracies.count) }
  }

  func run() async throws -> String {
    let trained = try await PhotoBase(data: data)
    let clock = ContinuousClock()
    let start = clock.now
    let base = try TransferBase(trained.model)
    let (train, test) = (try photos("train"), try photos("test"))
    let estimate = try await SimilarityEstimate(of: train, on: base)
    let strategy = TransferStrategy(for: train, on: base, similarity: estimate.similarity)
    var outcomes: [Outcome] = []
    for recipe in try TransferRecipe.all(on: base, for: train) {
      outcomes.append(try await judge(recipe, train, test))
    }
    return try page(
      trained, train, test, outcomes, estimate, strategy, seconds: (clock.now - start) / .seconds(1)
    )
  }

  private func photos(_ part: String) throws -> Dataset {
    try Dataset.images(
      at: data.appending(path: "tomato/\(part)"), size: (Self.side, Self.side))
  }

  private func judge(
    _ recipe: TransferRecipe, _ train: Dataset, _ test: Dataset
  ) async throws -> Outcome {
    var outcome = Outcome(
      name: recipe.name, rate: "\(recipe.rate)",
      photos: .init(repeating: 0, count: test.count))
    let truth = test.classes?.indices.map(Int.init) ?? []
    for seed in Self.seeds {
      let learner = try recipe.learner()
      let clock = ContinuousClock()
      let start = clock.now
      let model = try await learner.fit(train, seed: Seed(UInt64(seed)))
      outcome.seconds.append((clock.now - start) / .seconds(1))
      let answers = try await model.signature.outputs[0].classes(of: model.predict(test)) ?? []
      let hits = zip(answers, truth).map { $0 == $1 ? 1.0 : 0 }
      outcome.accuracies.append(hits.reduce(0, +) / Double(hits.count))
      for (photo, hit) in hits.enumerated() {
        outcome.photos[photo] += hit / Double(Self.seeds.count)
      }
    }
    note("\(outcome.name): rate \(outcome.rate), \(outcome.accuracies)")
    return outcome
  }

  private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
