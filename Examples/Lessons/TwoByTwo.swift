package import Moru

/// Two pictures in, two answers out: both pictures go through one encoder, whose weights they share,
/// and two heads learn at once from what it sees.
package struct TwoByTwo: Lesson {
  package static let name = "functional"
  package static let claim =
    "A functional model of two pictures answers two questions at once, with one shared encoder."

  package struct Findings: LessonFindings {
    /// The validation accuracy of "is the left digit greater?" by epoch.
    package let greaterAccuracies: [Double]
    /// The mean absolute error of the sum of both digits on validation pairs by epoch.
    package let sumErrors: [Double]
    /// The same if the mean sum is always answered.
    package let baselineSumError: Double

    package var summary: String {
      "which is greater: accuracy \((greaterAccuracies.last ?? .nan).short); the sum: off by "
        + "\((sumErrors.last ?? .nan).short), the baseline by \(baselineSumError.short)"
    }

    package var chart: LineChart {
      LineChart(
        title: "Two answers about two digits, on new pairs",
        series: [
          .init(name: "accuracy of \"greater\"", values: greaterAccuracies),
          .init(name: "error of the sum", values: sumErrors),
          .init(name: "baseline of the sum", values: sumErrors.map { _ in baselineSumError }),
        ])
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let (train, test) = try Digits.split(shape: [64])
    let (pairs, newPairs) = (
      try Self.pairs(of: train, count: 3000, seed: 1),
      try Self.pairs(of: test, count: 1000, seed: 2)
    )
    let encoder = Sequential {
      Rescaling(1.0 / 16)
      Dense(64, activation: .relu)
      Dense(32, activation: .relu)
    }
    let (left, right) = (Input([64]), Input([64]))
    let both = Dense(64, activation: .relu)(Concatenate()([encoder(left), encoder(right)]))
    let model = try Model(
      inputs: ["left": left, "right": right],
      outputs: ["greater": Dense(1, activation: .sigmoid)(both), "sum": Dense(1)(both)])
    let trained = try await model.fit(
      pairs, epochs: 15, optimizer: .adam(learningRate: 0.002),
      objective: Objective(
        losses: ["greater": .binaryCrossentropy, "sum": .huber],
        metrics: ["greater": [.accuracy], "sum": [.meanAbsoluteError]],
        lossWeights: ["sum": 0.5]),
      validation: .data(newPairs))
    return Findings(
      greaterAccuracies: trained.history("val_greater_accuracy"),
      sumErrors: trained.history("val_sum_meanAbsoluteError"),
      baselineSumError: Self.meanDeviation(of: newPairs))
  }

  /// Pairs of pictures drawn at random.
  private static func pairs(of digits: Dataset, count: Int, seed: Seed) throws -> Dataset {
    guard let classes = digits.classes?.indices else { return digits }
    var generator = seed.generator
    let pictures = digits.features[0].values
    let left = (0..<count).map { _ in Int.random(in: 0..<digits.count, using: &generator) }
    let right = (0..<count).map { _ in Int.random(in: 0..<digits.count, using: &generator) }
    let pairs = zip(left, right).map { (classes[$0], classes[$1]) }
    return try Dataset(
      source: "pairs of digits",
      features: [
        .init(name: "left", values: pictures.rows(left)),
        .init(name: "right", values: pictures.rows(right)),
      ],
      targets: [
        .init(name: "greater", values: .values(pairs.map { $0.0 > $0.1 ? 1 : 0 })),
        .init(name: "sum", values: .values(pairs.map { Float($0.0 + $0.1) })),
      ])
  }

  /// How far the sums are from their mean, on average.
  private static func meanDeviation(of pairs: Dataset) -> Double {
    guard case .values(let sums) = pairs.targets[1].values else { return .nan }
    let mean = sums.reduce(0, +) / Float(sums.count)
    return Double(sums.reduce(0) { $0 + abs($1 - mean) } / Float(sums.count))
  }
}
