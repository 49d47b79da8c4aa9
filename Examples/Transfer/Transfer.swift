import Foundation
import Moru

// What docs/transfer.md shows, in its order. Run it at the repository's root; it writes into transfer/.

let folder = URL(filePath: "transfer")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

/// Handwritten digits of some kinds.
func digits(_ kinds: [Int32]) throws -> Dataset {
  let all = try Dataset.csv(
    at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
  let labels = all.classes?.indices ?? []
  let places = labels.indices.filter { kinds.contains(labels[$0]) }
  let part = try all.subset(places)
  return try Dataset(
    source: "digits", features: part.features,
    targets: .classes(
      places.map { Int32(kinds.firstIndex(of: labels[$0]) ?? 0) }, labels: kinds.map(String.init)))
}

// The old task: even digits.
let start = Input([8, 8, 1])
var x = Rescaling(1.0 / 16)(start)
for number in 1...3 {
  let block = ConvolutionBlock(
    24, kernel: 3, strides: number == 3 ? 2 : 1,
    names: LayerNames("block\(number)_conv", "block\(number)_bn", "block\(number)_relu"))
  x = block(x)
}
let network = try Model(
  inputs: start, outputs: Dense(5, activation: .softmax)(GlobalAveragePooling2D(name: "means")(x)))
try await network.fit(
  digits([0, 2, 4, 6, 8]), epochs: 10, optimizer: .adam(), loss: .sparseCategoricalCrossentropy
).save("transfer/even.moru")

// The new one: few odd digits.
let parts = try digits([1, 3, 5, 7, 9]).trainTestSplit(
  testFraction: 0.8, stratified: true, seed: 0)
let samples = parts.train

let base = try TransferBase(.load("transfer/even.moru"))
let model = try await TransferLearning(base: base).fit(samples, seed: 0)

print(base.blocks.map(\.name))
let tuning = FineTuning(
  blocks: 2, stage: TrainingStage(epochs: 20, optimizer: .adam(learningRate: 1e-4)),
  rateDecay: 2.6)
let tuned = try await TransferLearning(base: base, fineTuning: tuning).fit(samples, seed: 0)

let estimate = try await SimilarityEstimate(of: samples, on: base)
let strategy = TransferStrategy(for: samples, on: base, similarity: estimate.similarity)
print(estimate, strategy)
let proposed = try await TransferLearning(base: base, following: strategy).fit(samples, seed: 0)

for model in [model, tuned, proposed] { print(try await model.evaluate(parts.test)) }

var careful = TransferLearning(base: base, fineTuning: tuning)
careful.head = [Dropout(0.3), Dense(5, activation: .softmax)]
careful.headStage = TrainingStage(
  epochs: 100, optimizer: .adam(learningRate: 0.01),
  callbacks: [.earlyStopping(patience: 10, restoreBestWeights: true)])
careful.validation = .split(0.2)
careful.augmentation = [Translate(horizontal: 0.1, vertical: 0.1)]
careful.featureFolder = URL(filePath: "transfer/features")
print(try await careful.fit(samples, seed: 0).evaluate(parts.test))

let result = try await crossValidate(
  TransferLearning(base: base), samples, by: .stratifiedKFold(5, shuffle: 1))
print(result)

let file = URL(filePath: "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5")
if FileManager.default.fileExists(atPath: file.path) {
  let network = try Architecture.mobileNetV2(inputShape: [224, 224, 3], includeTop: false)
  let photos = try TransferBase(TrainedModel(network, weights: WeightFile.read(file)))
  print(photos.blocks.count)
}

let picture = try samples.features[0].values.rows([0]).reshaped(to: [8, 8, 1])
for (path, grid) in try await tuned.featureMaps(for: picture, width: 40) {
  let name = path.replacing("/", with: "-")
  try grid.pngData().write(to: folder.appending(path: "\(name).png"))
}

let other = try TrainedModel.load("transfer/even.moru")
let front = try model.subModel(outputs: ["base/block2_relu"])
let back = try other.subModel(outputs: ["output"], inputs: ["block2_relu"])
let graft = try front.followed(by: back)
print(try graft.summary())
