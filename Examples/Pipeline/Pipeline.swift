import Foundation
import Moru

// What docs/pipeline.md shows, in its order. Run it at the repository's root.

let digits = try Dataset.mnist(at: URL(filePath: "Examples/data/mnist_sample"))
let folder = FileManager.default.temporaryDirectory.appending(path: "moru-pipeline")
defer { try? FileManager.default.removeItem(at: folder) }
try writePictures(of: digits.train, to: folder)

let augmentations: [any Augmentation] = [
  Rotate(degrees: 15), Translate(), ElasticDeformation(alpha: 20, sigma: 4), PixelNoise(10),
]
let batches = try ImageFolder(at: folder)
  .samples(channels: 1, augmentedBy: augmentations, seed: 1)
  .batched(32)

let model = Sequential {
  Rescaling(1.0 / 255)
  Conv2D(8, kernel: 3, activation: .relu)
  MaxPooling2D(4)
  Flatten()
  Dense(10, activation: .softmax)
}
let trained = try await model.fit(
  batches, epochs: 3, optimizer: .adam(learningRate: 0.01),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .data(digits.test),
  callbacks: [.progress])
print(try await trained.evaluate(digits.test))

// Validation, evaluation and predictions of streams, from a file
let shrink: [any Augmentation] = [Resize(height: 14, width: 14)]
let kept = digits.train.samples.augmented(by: shrink, seed: 0)
  .cached(at: folder.appending(path: "train.cache"))
let watched = digits.test.samples.augmented(by: shrink, seed: 0).batched(64)
let small = try await Sequential {
  Rescaling(1.0 / 255)
  Flatten()
  Dense(10, activation: .softmax)
}.fit(
  kept.shuffled(seed: 1).batched(32), epochs: 3, optimizer: .adam(learningRate: 0.01),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], validation: .stream(watched))
print(try await small.evaluate(watched))
print(try await small.predict(watched).shape)

// Streams of one's own
let waves = SampleStream<Sample>(source: "waves", count: 1000) { place in
  let length = 20 + place % 40
  let values = (0..<length).map { Float(sin(Double($0) / Double(1 + place % 2))) }
  return Sample(
    try HostTensor(values, shape: [length, 1]),
    target: .label(Int32(place % 2), labels: ["fast", "slow"]))
}
let padded =
  waves.shuffled(seed: 1)
  .augmented(by: [Jitter(0.1), WindowWarp()], seed: 1)
  .batched(bucketsUpTo: [32, 48], size: 16)
for try await batch in padded.prefix(2).pass() {
  print(batch.count, batch.features[0].values.shape)
}

// Going on in the middle
func goneOnWith(_ stream: SampleStream<Sample>) async throws -> Int {
  var pass = stream.pass(3).makeAsyncIterator()
  for _ in 0..<100 { _ = try await pass.next() }
  let saved = try JSONEncoder().encode(pass.position)
  let position = try JSONDecoder().decode(StreamPosition.self, from: saved)
  var left = 0
  for try await _ in stream.pass(position.pass, from: position.element) { left += 1 }
  return left
}
print(try await goneOnWith(waves.shuffled(seed: 1)), "samples of the pass were left")

// Masks and boxes
var sample = try PictureSample(
  digits.train.sample(0).features[0].values,
  boxes: [PictureBox(left: 4, top: 4, right: 24, bottom: 24, label: 1)])
let seed = Seed(7)
sample.apply(augmentations.operations(for: sample.frame, seed: seed))
print(sample.boxes)

// What training will see
let sheet = try ContactSheet(
  of: digits.train, places: [0, 1, 2, 3], passes: 7, augmentations: augmentations, seed: seed)
try sheet.pngData().write(to: folder.appending(path: "sheet.png"))

/// `FOLDER/CLASS/NUMBER.png`
func writePictures(of data: Dataset, to folder: URL) throws {
  guard let classes = data.classes else { return }
  for (place, label) in classes.indices.enumerated() {
    let target = folder.appending(path: classes.labels[Int(label)])
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try ImageFile.pngData(data.sample(place).features[0].values)
      .write(to: target.appending(path: "\(place).png"))
  }
}
