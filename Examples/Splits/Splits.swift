import Foundation
import Moru

// What docs/splits.md shows, in its order. Run it at the repository's root.

let table = try Table(at: URL(filePath: "Examples/data/digits.csv.gz"))
let samples = try TableSamples(table, target: "label", task: .classification)

let folds = try samples.folds(by: .stratifiedKFold(5, shuffle: 1))
print(folds.map(\.test.count))

let network = NamedLearner("small network") { data, seed in
  try await Sequential {
    Dense(32, activation: .relu)
    Dense(10, activation: .softmax)
  }.fit(data, epochs: 10, optimizer: .adam(), loss: .sparseCategoricalCrossentropy, seed: seed)
}
let result = try await crossValidate(network, samples, by: .stratifiedKFold(5, shuffle: 1))
print(result)
print(result.summary("accuracy")?.mean ?? .nan, result.predictions["output"]?.shape ?? [])

let pipeline = Pipeline(
  [.simpleImputer(.median), .standardScaler()], balance: .resampled(.smote()), network,
  name: "scaled, SMOTE")
print(try await crossValidate(pipeline, samples, by: .stratifiedKFold(5, shuffle: 1)))

let projected = Pipeline([.standardScaler(), .pca(20)], network, name: "20 components")
print(try await crossValidate(projected, samples, by: .stratifiedKFold(5, shuffle: 1)))

let costs = try CostMatrix(stakes: [Double](repeating: 1, count: 9) + [10])
let model = try await pipeline.fit(samples.dataset(), seed: 1).with(rule: .cheapest(costs))
try model.save("runs/nines.moru")
