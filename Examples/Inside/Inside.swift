import Foundation
import Moru

// What docs/inside.md shows, in its order. Run it at the repository's root; it writes into inside/.

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let model = Sequential {
  Rescaling(1.0 / 16)
  Conv2D(16, kernel: 3, padding: .same, activation: .relu)
  Conv2D(24, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Flatten()
  Dense(32, activation: .relu)
  Dense(10, activation: .softmax)
}
let trained = try await model.fit(
  digits, epochs: 10, optimizer: .adam(), loss: .sparseCategoricalCrossentropy,
  metrics: [.accuracy], callbacks: [.progress])

let folder = URL(filePath: "inside")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

let picture = try digits.features[0].values.rows([3]).reshaped(to: [8, 8, 1])
let maps = try await trained.featureMaps(of: "conv2d", for: picture, magnification: 8)
try maps.pngData().write(to: folder.appending(path: "maps.png"))
let filters = try await trained.filters(of: "conv2d", magnification: 12)
try filters.pngData().write(to: folder.appending(path: "filters.png"))

let heat = try await trained.gradCAM(picture, class: 3)
try heat.pngData(over: picture, magnification: 32)
  .write(to: folder.appending(path: "grad-cam.png"))
let saliency = try await trained.saliency(picture, class: 3)
try saliency.pngData(over: picture, strength: 0.7, magnification: 32)
  .write(to: folder.appending(path: "saliency.png"))

let outputs = try await trained.layerOutputs(of: ["dense"], for: [digits.features[0].values])
if let points = outputs["dense"] {
  let components = try PCA(2).components(of: points)
  let labels = digits.classes.map { $0.indices.map(Int.init) }
  let chart = try components.chart(
    of: points, title: "Digits before the last layer", labels: labels, names: digits.labels ?? [])
  try Data(chart.svg().utf8).write(to: folder.appending(path: "digits.svg"))
}

let sweep = try await model.sweepLearningRate(
  digits, optimizer: .sgd(momentum: 0.9), loss: .sparseCategoricalCrossentropy, from: 1e-5, to: 10)
try Data(sweep.chart().svg().utf8).write(to: folder.appending(path: "sweep.svg"))

let deep = Sequential {
  Rescaling(1.0 / 16)
  Flatten()
  for _ in 0..<10 { Dense(24, activation: .sigmoid) }
  Dense(10, activation: .softmax)
}
_ = try await deep.fit(
  digits, epochs: 2, optimizer: .sgd(learningRate: 0.01), loss: .sparseCategoricalCrossentropy,
  callbacks: [.layerInspector(every: 50) { print($0) }])
