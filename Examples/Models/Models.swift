import Foundation
import Moru

// What docs/models.md shows, in its order. Run it at the repository's root.

let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let pictures = try digits.features[0].values.array(of: Float.self)
let rows = stride(from: 0, to: pictures.count, by: 64).map { Array(pictures[$0..<$0 + 64]) }
let numbers = digits.classes?.indices ?? []

let halves = try Dataset(
  source: "halves",
  features: [
    .init(name: "upper", values: HostTensor(rows.map { Array($0[..<32]) })),
    .init(name: "lower", values: HostTensor(rows.map { Array($0[32...]) })),
  ],
  targets: [
    .init(name: "digit", values: .classes(numbers, labels: digits.labels ?? [])),
    .init(name: "ink", values: .values(rows.map { $0.reduce(0, +) / 1024 })),
  ])

let (upper, lower) = (Input([32]), Input([32]))
let half = Dense(32, activation: .relu, name: "half")
let whole = Concatenate()([half(Rescaling(1.0 / 16)(upper)), half(Rescaling(1.0 / 16)(lower))])
let model = try Model(
  inputs: ["upper": upper, "lower": lower],
  outputs: [
    "digit": Dense(10, activation: .softmax, name: "digit")(whole),
    "ink": Dense(1, name: "ink")(whole),
  ])
let trained = try await model.fit(
  halves, epochs: 10, optimizer: .adam(),
  objective: Objective(
    losses: ["digit": .sparseCategoricalCrossentropy, "ink": .huber],
    metrics: ["digit": [.accuracy], "ink": [.meanAbsoluteError]], lossWeights: ["ink": 0.5]),
  validation: .split(0.2))
let evaluation = try await trained.evaluate(halves)
print(evaluation["digit", .accuracy], evaluation["ink", .meanAbsoluteError])
let answers = try await trained.predictions(halves)
print(answers["digit"]?.shape ?? [], answers["ink"]?.shape ?? [])

let tags = try Dataset(
  source: "tags", features: digits.features,
  targets: .labelSets(
    HostTensor(
      numbers.map { [$0 % 2 == 0 ? 1 : 0, [0, 6, 8, 9].contains($0) ? 1 : 0] as [Float] }),
    labels: ["even", "round"]))
let parts = try tags.trainTestSplit(testFraction: 0.2, stratified: false, seed: 0)
let tagger = try await Sequential {
  Rescaling(1.0 / 16)
  Flatten()
  Dense(32, activation: .relu)
  Dense(2, activation: .sigmoid)
}.fit(parts.train, epochs: 10, optimizer: .adam(), loss: .binaryCrossentropy)
let careful = try await tagger.choosingThresholds(on: parts.test)
let first = try await careful.predict(tags.subset([0]))
print(try careful.signature.outputs[0].judgements(first))

let features = try trained.subModel(outputs: ["concatenate"])
print(features.signature.outputs[0].shape, try await features.predict(halves).shape)

let tuned = try await trained.frozen("half").fit(
  halves, epochs: 2, optimizer: .adam(learningRate: 1e-4).scalingRates(["ink": 0.1]),
  objective: Objective(losses: ["digit": .sparseCategoricalCrossentropy, "ink": .huber]))
print(tuned.weights["half/kernel"] == trained.weights["half/kernel"])
let reset = try tuned.unfrozen().settingWeights(["ink/bias": HostTensor([0.25] as [Float])])
print(try reset.summary())

try reset.diagram().svg().write(toFile: "halves.svg", atomically: true, encoding: .utf8)
