import Foundation
import Moru

// What docs/compression.md shows, in its order. Run it at the repository's root; it writes into
// compression/.

try FileManager.default.createDirectory(
  at: URL(filePath: "compression"), withIntermediateDirectories: true)
let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let parts = try digits.trainTestSplit(testFraction: 0.3, stratified: true, seed: 0)
let network = Sequential {
  Rescaling(1.0 / 16)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Flatten()
  Dense(128, activation: .relu)
  Dense(10, activation: .softmax)
}
let trained = try await network.fit(
  parts.train, epochs: 10, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  metrics: [.accuracy], seed: 0)

let stage = TrainingStage(epochs: 3, optimizer: .adam(learningRate: 5e-4))
let search = CompressionSearch(
  ways: [ChannelPruning(recovery: stage), LowRankFactorization(recovery: stage)], maxDrop: 0.01)
let result = try await search(
  trained, learningFrom: parts.train, judgedOn: parts.test, seed: 0)
if let chosen = result.chosen {
  let (before, after) = (result.before.footprint, chosen.figures.footprint)
  print("\(chosen.way) \(chosen.share): \(before.packedBytes) → \(after.packedBytes)")
  try chosen.model.save("compression/small.moru")
}

let narrow = try trained.pruningChannels(0.5)
let thin = try trained.factorizing(0.5)
let sparse = try trained.pruningWeights(0.9)
let sparser = try await sparse.fit(
  parts.train, epochs: 3, optimizer: .adam(learningRate: 5e-4).keepingZeros(["conv2d_1/kernel"]),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
print(narrow.weights.count, thin.weights.count, sparser.weights.count)

let slim = Sequential {
  Rescaling(1.0 / 16)
  Conv2D(8, kernel: 3, strides: 2, padding: .same, activation: .relu)
  GlobalAveragePooling2D()
  Dense(10, activation: .softmax)
}
var distillation = Distillation(
  from: trained, to: slim,
  stage: TrainingStage(epochs: 20, batchSize: 32, optimizer: .adam(learningRate: 3e-3)))
distillation.temperature = 4
let student = try await distillation.fit(parts.train, seed: 0)
print(try await student.evaluate(parts.test))

let (small, report) = try await trained.quantized(calibration: parts.train)
print(report)
for model in [trained, small] { print(try await model.evaluate(parts.test)) }
try small.save("compression/digits.moru")

let (careful, _) = try await trained.quantized(
  calibration: parts.train, estimator: .entropy, keeping: ["dense"])

let aware = try await trained.quantizationAware(calibration: parts.train)
let tuned = try await aware.fit(
  parts.train, epochs: 2, optimizer: .adam(learningRate: 1e-4),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
let (best, _) = try tuned.quantized()

for model in [trained, small, careful, best] {
  let footprint = try await model.footprint(batches: [1, 32])
  print(footprint.weightBytes, footprint.latencies.map(\.milliseconds))
}
