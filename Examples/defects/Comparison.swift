import Moru

/// What a way of learning and deciding comes to on the test part.
struct Outcome {
  /// The share of parts judged right.
  let accuracy: Double
  /// The share of defects that were found.
  let recall: Double
  /// The share of good ones among parts judged good.
  let precisionOfGood: Double
  /// The share of defects among parts judged defects.
  let precision: Double
  /// The mean cost of a part.
  let cost: Double

  init(_ line: Line, answers: [Int], costs: CostMatrix) throws {
    let truth = (line.test.classes?.indices ?? []).map { Int($0) }
    let matrix = try ConfusionMatrix(truth: truth, predicted: answers, labels: Line.labels)
    let report = ClassificationReport(matrix)
    accuracy = report.accuracy.value
    recall = report.classes[1].recall
    precisionOfGood = report.classes[0].precision
    precision = report.classes[1].precision
    cost = try ClassificationFigures(matrix).expectedCost(costs)
  }
}

/// Ways to learn from unbalanced samples and to decide, side by side on one line.
struct Comparison {
  private let line: Line
  private let epochs: Int
  private let costs: CostMatrix

  /// A defect that goes out costs as much as a hundred good parts that are looked at once more.
  init(line: Line, epochs: Int) throws {
    self.line = line
    self.epochs = epochs
    costs = try CostMatrix(costs: [[0, 1], [100, 0]])
  }

  private var trainings: [(name: String, balance: Balance)] {
    [
      ("as it is", .none),
      ("under-sampled", .resampled(.randomUnderSampler())),
      ("over-sampled", .resampled(.randomOverSampler())),
      ("SMOTE", .resampled(.smote())),
      ("class weights", .weighted),
      ("costs as weights", .costs(costs)),
    ]
  }

  /// What each way comes to, in the order of the table.
  func outcomes(_ seed: Seed) async throws -> [(name: String, outcome: Outcome)] {
    var outcomes = [
      (name: "none, all are good", outcome: try always(0)),
      (name: "none, all are defects", outcome: try always(1)),
    ]
    for (name, balance) in trainings {
      let balanced = try balance.balanced(line.train, seed: seed.child("balance"))
      let raw = try await fit(balanced.data, seed)
      let model = try balanced.correction.map { try raw.corrected(by: $0) } ?? raw
      if balanced.correction != nil {
        outcomes.append(("\(name), likeliest class, uncorrected", try await answers(of: raw)))
      }
      let threshold = try await threshold(of: model)
      outcomes += [
        ("\(name), likeliest class", try await answers(of: model)),
        ("\(name), least cost", try await answers(of: model.with(rule: .cheapest(costs)))),
        (
          "\(name), threshold of least cost on validation",
          try await answers(of: model.with(rule: .threshold(threshold)))
        ),
      ]
    }
    return outcomes
  }

  /// The same answer for every part.
  private func always(_ answer: Int) throws -> Outcome {
    try Outcome(line, answers: line.test.classes?.indices.map { _ in answer } ?? [], costs: costs)
  }

  private func answers(of model: TrainedModel) async throws -> Outcome {
    let values = try await model.predict(line.test)
    let answers = try model.signature.outputs[0].classes(of: values) ?? []
    return try Outcome(line, answers: answers, costs: costs)
  }

  /// Above which probability of a defect parts are looked at again, chosen on the validation part.
  private func threshold(of model: TrainedModel) async throws -> Double {
    let values = try await model.predict(line.validation)
    let sweep = try ThresholdSweep(
      truth: (line.validation.classes?.indices ?? []).map { $0 == 1 },
      scores: model.signature.outputs[0].probabilities(of: values)?.column(1) ?? [])
    return try sweep.threshold(minimizing: costs).threshold
  }

  /// Trains a small network, in as many steps whatever the number of samples.
  private func fit(_ data: Dataset, _ seed: Seed) async throws -> TrainedModel {
    let rounds = max(1, line.train.count / data.count)
    return try await Sequential {
      Rescaling(1.0 / 255)
      Flatten()
      Dense(128, activation: .relu)
      Dropout(0.3)
      Dense(2, activation: .softmax)
    }.fit(
      data, epochs: epochs * rounds, batchSize: 64, optimizer: .adam(),
      loss: .sparseCategoricalCrossentropy, seed: seed)
  }
}
