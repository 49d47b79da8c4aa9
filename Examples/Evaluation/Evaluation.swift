import Foundation
import Moru

// What docs/evaluation.md shows, in its order. Run it at the repository's root.

// The digit 8 plays the defect: one part in ten.
let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let labels = ["good", "defect"]
let parts = try Dataset(
  source: "parts", features: digits.features,
  targets: .classes((digits.classes?.indices ?? []).map { $0 == 8 ? 1 : 0 }, labels: labels)
).trainValidationTestSplit(
  validationFraction: 0.25, testFraction: 0.25, stratified: true, seed: 0)
let model = Sequential {
  Rescaling(1.0 / 16)
  Flatten()
  Dense(2, activation: .softmax)
}
let trained = try await model.fit(
  parts.train, epochs: 5, optimizer: .adam(learningRate: 0.01),
  loss: .sparseCategoricalCrossentropy)

/// The true classes and the model's probabilities.
func judged(_ data: Dataset) async throws -> (truth: [Int], scores: NumberTable) {
  let values = try await trained.predict(data)
  let scores = try trained.signature.outputs[0].probabilities(of: values)
  return ((data.classes?.indices ?? []).map { Int($0) }, try scores ?? NumberTable(rows: []))
}
let (truth, scores) = try await judged(parts.test)
let validation = try await judged(parts.validation)

let figures = try ClassificationFigures(truth: truth, predicted: scores.best, classCount: 2)
let defects = figures.counts(of: 1)
print("found", defects.recall, "of the defects; false alarms", defects.falsePositives)
print("good parts that are good", defects.negativePredictiveValue)
print("agreement beyond chance", figures.cohenKappa(), figures.matthewsCorrelation)

let sweep = try ThresholdSweep(truth: truth.map { $0 == 1 }, scores: scores.column(1))
if let area = sweep.rocAUCEstimate { print("ROC AUC", area) }
print("average precision", sweep.averagePrecision ?? 0)

let costs = try CostMatrix(stakes: [1, 10])
let field = try ClassShares(positive: 0.001)
let rule = try DecisionRule(
  truth: validation.truth, scores: validation.scores, costs: costs, field: field)
let answers = try rule.answers(to: scores)
let matrix = try ConfusionMatrix(truth: truth, predicted: answers, labels: labels)
let estimates = try matrix.estimates(
  of: [{ $0.counts(of: 1).recall }, { try? $0.expectedCost(costs) }], at: field,
  bootstrap: Bootstrap(seed: 1))
print(estimates.compactMap { $0 })

let correction = try PriorCorrection(
  trained: ClassShares(of: validation.truth, classCount: 2), field: field)
print("probabilities in the field", try correction.corrected(scores)[0])

let calibration = try CalibrationCurve(truth: truth, probabilities: scores)
print("calibration error", calibration.expectedError)
let steps = try IsotonicCalibration(
  truth: validation.truth.map { $0 == 1 }, scores: validation.scores.column(1))
print("a score of 0.8 means", steps.calibrated(0.8))

let test = try McNemarTest(truth: truth, first: scores.best, second: answers)
print("the rule errs as often as the greatest score with probability", test.exactPValue)

let verdict = try ClassificationVerdict(
  truth: truth, scores: scores, areProbabilities: true, labels: labels,
  setting: .init(positive: 1, costs: costs, field: field, rule: rule, seed: 1))
let page = VerdictPage(.init(model: "parts", data: "the test part"), language: .korean)
try page.page(of: verdict).write(to: URL(filePath: "verdict.html"))
