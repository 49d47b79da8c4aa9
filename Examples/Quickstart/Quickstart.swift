import Foundation
import Moru

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let parts = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 0)
let model = Sequential {
  Rescaling(1.0 / 16)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Flatten()
  Dropout(0.25)
  Dense(10, activation: .softmax)
}
let trained = try await model.fit(
  parts.train, epochs: 20, batchSize: 32, optimizer: .adam(learningRate: 1e-3),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .split(0.1),
  callbacks: [.progress, .earlyStopping(patience: 3, restoreBestWeights: true)])
print(try await trained.evaluate(parts.test))
try trained.save("digits.moru")
