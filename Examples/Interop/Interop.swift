import Foundation
import Moru

// What docs/interop.md shows, in its order. Run it at the repository's root.

let folder = FileManager.default.temporaryDirectory
let start = URL(filePath: "Tests/Golden/keras/sequential_2.h5")

let old = try KerasFile.read(
  start, .init(labels: (0...9).map { "digit \($0)" }, brightest: 1))
print(try old.summary())
let picture = try HostTensor([Float](repeating: 0.5, count: 64), shape: [1, 8, 8, 1])
print(try await Predictor(old).predict([picture])[0])

try KerasFile.write(old, to: folder.appending(path: "digits.keras"))

let learned = URL(filePath: "Tests/Golden/keras/trained.keras")
if let progress = try KerasFile.training(learned) {
  let handover = OptimizerHandover(progress)
  let samples = try Dataset(
    source: "samples",
    features: [.init(values: HostTensor([0.1, 0.2, 0.3] as [Float], shape: [1, 3]))],
    targets: .tensor(HostTensor([0.4, 0.5] as [Float], shape: [1, 2])))
  let more = try await KerasFile.read(learned).fit(
    samples, epochs: 1, optimizer: progress.optimizer, loss: .meanSquaredError,
    callbacks: [handover])
  try KerasFile.write(
    more, to: folder.appending(path: "more.keras"), progress: handover.progress)
}

let weights = try WeightFile.read(start)
print(weights.keys.sorted())
if let kernel = weights["conv2d_1/kernel"], let bias = weights["conv2d_1/bias"] {
  let model = try old.settingWeights(["conv2d_1/kernel": kernel, "conv2d_1/bias": bias])
  print(model.weights.count, "weights")
}

let file = try HDF5File.read(start)
print(file.attributes["keras_version"]?.text ?? "?")
print(file.tensor("model_weights/dense_1/dense_1/kernel:0")?.shape ?? [])

// What docs/onnx.md shows.

let network = try ONNXFile.read(
  URL(filePath: "Tests/Golden/onnx/residual.onnx"),
  ImportDetails(labels: ["bolt", "nut", "screw", "washer"], brightest: 1))
let grey = try HostTensor([Float](repeating: 0.5, count: 300), shape: [1, 10, 10, 3])
print(try await Predictor(network).predict([grey])[0])

let screws = try Dataset(
  source: "screws", features: [.init(name: "x", values: grey)],
  targets: .classes([2], labels: ["bolt", "nut", "screw", "washer"]))
let tuned = try await network.frozen("first.weight", "second.weight").fit(
  screws, epochs: 3, optimizer: .adam(learningRate: 1e-3), loss: .sparseCategoricalCrossentropy)
print(try await tuned.predict(screws))

try ONNXFile.write(tuned, to: folder.appending(path: "parts.onnx"), operatorSet: 17)
