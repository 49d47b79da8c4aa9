import Foundation
import Moru

// What docs/text.md shows, in its order. Run it at the repository's root.

let table = try Table(at: URL(filePath: "Examples/data/film_reviews.csv.gz"))
let (column, sentiment) = (try table.column("review"), try table.column("sentiment"))
let reviews = (0..<table.rowCount).compactMap { column.text(at: $0) }
let isPraise = (0..<table.rowCount).map { sentiment.text(at: $0) == "positive" ? 1 as Int32 : 0 }
let split = try Split.trainTest(count: reviews.count, testFraction: 0.2, seed: 0)

let vectorization = try TextVectorization(
  maxTokens: 8000, split: .character, ngrams: [2], outputSequenceLength: 60
).adapted(to: split.train.map { reviews[$0] })
func samples(_ rows: [Int]) throws -> Dataset {
  try .texts(
    rows.map { reviews[$0] }, vectorization: vectorization,
    targets: .classes(rows.map { isPraise[$0] }, labels: ["blame", "praise"]), name: "review")
}
let critic = try await Sequential {
  Embedding(vectorization.vocabulary.count, 32)
  GlobalAveragePooling1D()
  Dense(2, activation: .softmax)
}.fit(
  samples(split.train), epochs: 6, batchSize: 64, optimizer: .adam(learningRate: 2e-3),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
print(try await critic.evaluate(samples(split.test)))

try critic.save("critic.moru")
let loaded = try TrainedModel.load("critic.moru")
let input = loaded.signature.inputs[0]
let batch = try input.encode(texts: ["정말 재미있는 영화", "시간이 아깝다"], source: "mine")
let answers = try await Predictor(loaded).predict([batch])
print(try loaded.signature.outputs[0].judgements(answers[0]))

let cities = try StringLookup(numOovIndices: 2, outputMode: .oneHot)
  .adapted(to: ["Seoul", "Busan", "Seoul", "Jeju"])
print(cities.vocabulary)  // ["[UNK]", "[UNK]", "Seoul", "Jeju", "Busan"]
print(try cities(["Busan", "Daegu"]).shape)  // [2, 5]
