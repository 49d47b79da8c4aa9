import Foundation
import Moru

// What docs/generative.md shows, in its order. Run it at the repository's root.

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let folder = FileManager.default.temporaryDirectory.appending(path: "moru-generative")

let generator = Sequential {
  Dense(2 * 2 * 64, useBias: false)
  BatchNormalization(momentum: 0.9)
  ReLU()
  Reshape([2, 2, 64])
  Conv2DTranspose(32, kernel: 5, strides: 2, padding: .same, useBias: false)
  BatchNormalization(momentum: 0.9)
  ReLU()
  Conv2DTranspose(1, kernel: 5, strides: 2, padding: .same, activation: .tanh)
}
let discriminator = Sequential {
  Conv2D(32, kernel: 5, strides: 2, padding: .same)
  LeakyReLU(0.2)
  Conv2D(64, kernel: 5, strides: 2, padding: .same)
  LeakyReLU(0.2)
  Flatten()
  Dense(1)
}
let gan = GAN(
  generator: generator, discriminator: discriminator, noise: 32,
  preprocessing: Rescaling(1 / 8, offset: -1))
let trained = try await gan.fit(
  digits, epochs: 20, batchSize: 64,
  generatorOptimizer: Adam(learningRate: 1e-3, beta1: 0.5),
  discriminatorOptimizer: Adam(learningRate: 5e-4, beta1: 0.5),
  callbacks: [.progress, SampleGrid(folder, count: 36, frequency: 5, magnification: 4)])
print(trained.verdict)
try trained.generator.save(folder.appending(path: "digits.moru").path)
try trained.curves(title: "Losses").write(
  to: folder.appending(path: "losses.svg"), atomically: true, encoding: .utf8)

let made = try await trained.generate(16, seed: 7)
try PictureGrid(pictures: made, magnification: 4).pngData()
  .write(to: folder.appending(path: "made.png"))

let noise = Input([32])
let kind = Input([10])
let picture = Input([8, 8, 1])
let claimed = Input([10])
let drawn = Sequential {
  Dense(128, activation: .relu)
  Dense(64, activation: .tanh)
  Reshape([8, 8, 1])
}
let judged = Sequential {
  Dense(128)
  LeakyReLU(0.2)
  Dense(1)
}
let conditional = GAN(
  generator: try Model(inputs: [noise, kind], outputs: [drawn(Concatenate()([noise, kind]))]),
  discriminator: try Model(
    inputs: [picture, claimed],
    outputs: [judged(Concatenate()([Flatten()(picture), claimed]))]),
  noise: 32, loss: .wasserstein(), isConditional: true,
  preprocessing: Rescaling(1 / 8, offset: -1))
let critic = Adam(learningRate: 5e-4, beta1: 0, beta2: 0.9)
let ofClasses = try await conditional.fit(
  digits, epochs: 20, batchSize: 32, generatorOptimizer: critic, discriminatorOptimizer: critic)
let sevens = try await ofClasses.generate(3, classes: [7, 7, 7], seed: 1)
print(sevens.shape)

let parts = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 0)
let (train, test) = (parts.train, parts.test)
let classifier = try await Sequential {
  Flatten()
  Dense(32, activation: .relu, name: "features")
  Dense(10, activation: .softmax)
}.fit(
  train, epochs: 10, optimizer: Adam(), loss: .sparseCategoricalCrossentropy)
let features = try Predictor(classifier.subModel(outputs: ["features"]))
let generated = try await trained.generate(test.count, seed: 1)
let real = try await features.predict([test.features[0].values])[0]
let unreal = try await features.predict([
  HostTensor(generated.array(of: Float.self).map { ($0 + 1) * 8 }, shape: generated.shape)
])[0]
print(try FrechetDistance(unreal, real).value)

let pairs = try train.reconstructing(scaledBy: 1 / 16)
let autoencoder = Autoencoder.dense(
  inputShape: [8, 8, 1], hidden: [64], code: 8, noise: 0.2)
let denoiser = try await autoencoder.fit(
  pairs, epochs: 20, optimizer: Adam(), loss: .meanSquaredError)
let codes = try denoiser.subModel(outputs: ["encoder"])
print(codes.signature.outputs[0].shape)

let network = try VariationalAutoencoder.dense(
  inputShape: [8, 8, 1], hidden: [128], latent: 2, beta: 1)
let variational = try await network.fit(pairs, epochs: 30, optimizer: Adam())
let seen = try test.reconstructing(scaledBy: 1 / 16).features[0].values
let bound = try await variational.lowerBound(of: seen, draws: 8, seed: 1)
print(bound.value, bound.likelihood, bound.divergence)
let grid = try await variational.latentGrid(side: 10)
let between = try await variational.midpoints(between: seen.slice(0..<5), and: seen.slice(5..<10))
print(grid.shape, between.latent.shape, between.elements.shape)

let verse = String(
  repeating: "나 보기가 역겨워 가실 때에는 말없이 고이 보내 드리우리다\n", count: 40)
let vectorization = try TextVectorization(
  standardize: .none, split: .character, outputSequenceLength: 32
).adapted(to: [verse])
let letters = vectorization.vocabulary.count
let windows = try Dataset.nextTokens(of: verse, vectorization: vectorization, stride: 5)
let reader = Sequential {
  Embedding(letters, 32)
  LSTM(64, returnSequences: true)
  Dense(letters)
}
let poet = try await reader.fit(
  windows, epochs: 20, optimizer: Adam(learningRate: 5e-3),
  loss: .sparseCategoricalCrossentropy(fromLogits: true))
try poet.save(folder.appending(path: "poet.moru").path)
let writer = try TextWriter(poet)
try await writer.write(
  after: "나 보기가", count: 40,
  sampling: TokenSampling(temperature: 0.7, topK: 20, topP: 0.95), seed: 3
) { letter in print(letter, terminator: "") }
print()

var grammar = MelodyGrammar(seed: 0)
let tune = grammar.tune()
print(tune.words)
try tune.midi(tempo: 110).write(to: folder.appending(path: "tune.mid"))

let ink = try digits.features[0].values.array(of: Float.self).map { UInt8($0 / 16 * 255) }
let scans = try Dataset(
  source: "digits", features: [.init(values: HostTensor(ink, shape: [digits.count, 8, 8, 1]))],
  targets: digits.targets)
let sorter = Sequential {
  Rescaling(1.0 / 255)
  Conv2D(16, kernel: 3, padding: .same, activation: .relu, name: "strokes")
  Conv2D(16, kernel: 3, padding: .same, activation: .relu, name: "corners")
  GlobalAveragePooling2D()
  Dense(10, activation: .softmax)
}
let seer = try await sorter.fit(
  scans, epochs: 5, optimizer: Adam(), loss: .sparseCategoricalCrossentropy)
let first = try scans.features[0].values.slice(0..<1).reshaped(to: [8, 8, 1])
let second = try scans.features[0].values.slice(1..<2).reshaped(to: [8, 8, 1])
let dream = try await DeepDream(layers: ["corners"])(first, by: seer)
let transfer = StyleTransfer(contentLayers: ["corners"], styleLayers: ["strokes", "corners"])
let restyled = try await transfer(first, inStyleOf: second, by: seer)
try ImageFile.pngData(dream).write(to: folder.appending(path: "dream.png"))
print(restyled.losses.last ?? .nan)
