import Foundation
import MoruData
import MoruGenerative
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

@Test func aModelOfTextsWritesBehindThePrompt() async throws {
  let folder = try TestFolder()
  let verse = String(repeating: "가나다라 마바사 ", count: 40)
  let vectorization = try TextVectorization(
    standardize: .none, split: .character, outputSequenceLength: 8
  ).adapted(to: [verse])
  let count = vectorization.vocabulary.count
  let model = Sequential {
    Embedding(count, 8)
    GRU(24, returnSequences: true)
    Dense(count, activation: .softmax)
  }
  try await model.fit(
    .nextTokens(of: verse, vectorization: vectorization, stride: 1), epochs: 6, batchSize: 16,
    optimizer: Adam(learningRate: 2e-2), loss: .sparseCategoricalCrossentropy, seed: 1
  ).save(folder.url.appending(path: "verse.moru").path)

  let likeliest = try await folder.run(
    "generate", "verse.moru", "--prompt", "가나", "--length", "7", "--temperature", "0")
  #expect(likeliest.code == 0, "\(likeliest.errors)")
  #expect(likeliest.output == "가나다라 마바사 \n")
  func drawn(_ seed: String) async throws -> String {
    try await folder.run(
      "generate", "verse.moru", "--length", "12", "--temperature", "9", "--top-k", "5", "--top-p",
      "0.99", "--seed", seed
    ).output
  }
  let first = try await drawn("1")
  #expect(first.unicodeScalars.count == 13)
  #expect(try await drawn("1") == first)
  #expect(try await drawn("2") != first)

  for (arguments, code, says) in [
    (["--prompt", "가z"], 1, "The model does not know \"z\"."),
    (["--temperature=-1"], 2, "temperature must be finite and at least 0, not -1.0."),
    (["--top-p", "2"], 2, "--top-p must be above 0 and at most 1, not 2.0."),
    (["--length=-3"], 2, "--length must be at least 0, not -3."),
  ] as [([String], Int32, String)] {
    let outcome = try await MoruProcess.run(
      ["generate", "verse.moru"] + arguments, in: folder.url)
    #expect(outcome.code == code)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(outcome.output == "")
  }
}
