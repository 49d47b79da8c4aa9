import Foundation
import Moru

// What docs/compression.md shows, in its order. Run it at the repository's root; it writes into
// compression/.

let folder = URL(filePath: "compression")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let parts = try digits.trainTestSplit(testFraction: 0.25, stratified: true, seed: 0)
let network = Sequential {
  Rescaling(1.0 / 16)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Flatten()
  Dense(10, activation: .softmax)
}
let trained = try await network.fit(
  parts.train, epochs: 10, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  metrics: [.accuracy], seed: 0)

let (small, report) = try await trained.quantized(calibration: parts.train)
print(report)
for model in [trained, small] { print(try await model.evaluate(parts.test)) }
try small.save("compression/digits.moru")

let (careful, _) = try await trained.quantized(
  calibration: parts.train, estimator: .percentile(99.9), keeping: ["dense"])

let aware = try await trained.quantizationAware(calibration: parts.train)
let tuned = try await aware.fit(
  parts.train, epochs: 2, optimizer: .adam(learningRate: 1e-4),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
let (best, _) = try tuned.quantized()

for model in [trained, small, careful, best] {
  let footprint = try await model.footprint(batches: [1, 32])
  print(footprint.weightBytes, footprint.latencies.map(\.milliseconds))
}
