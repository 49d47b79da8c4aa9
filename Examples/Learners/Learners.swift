import Foundation
import Moru

// What docs/learners.md shows, in its order. Run it at the repository's root.

let table = try Table(at: URL(filePath: "Examples/data/parts.csv"))
let parts = try TableEncoding(fitting: table, target: "판정").dataset(from: table)
let (train, test, _) = try parts.trainTestSplit(testFraction: 0.25, stratified: true, seed: 1)
let forest = try await RandomForestClassifier(nEstimators: 50).fit(train, seed: 1)
print(try await forest.evaluate(test))
let folder = FileManager.default.temporaryDirectory.appending(path: "forest.moru")
try forest.save(folder.path)
let answer = try await TrainedModel.load(folder.path).predict(test)
print(answer.shape)

let result = try await crossValidate(
  GradientBoostingClassifier(nEstimators: 50), train, by: StratifiedKFold(5, shuffle: 1))
print(result)

let diabetes = try Dataset.csv(
  at: URL(filePath: "Examples/data/diabetes.csv"), target: "progression")
print(try LinearRegression().coefficients(of: diabetes))

let tree = try await DecisionTreeClassifier(maxDepth: 3).fit(train, seed: 1)
print(try tree.treeText())

for feature in try await permutationImportance(forest, test, metric: .accuracy, seed: 1) {
  print(feature.name, feature.mean, feature.standardDeviation)
}

let rules = RuleList(
  [
    RuleList.Rule(if: [RuleCondition("균열", .equals, "있음")], then: "불량"),
    RuleList.Rule(if: [RuleCondition("무게_g", .above, "130")], then: "불량"),
  ], default: "양호")
let ruled = try await RuleClassifier(rules).fit(train, seed: 0)
print(try await ruled.evaluate(test))

let months: [Float] = (0..<96).map { Float($0 % 12) + Float($0) / 10 }
let windows = try Dataset(
  source: "months",
  features: [
    Dataset.Feature(values: HostTensor((0..<70).map { Array(months[$0..<$0 + 24]) }))
  ],
  targets: .values((0..<70).map { months[$0 + 24] }))
let naive = try await SeasonalNaive(period: 12).fit(windows, seed: 0)
print(try await naive.evaluate(windows))
