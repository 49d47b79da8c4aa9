import Foundation
import MoruData
import MoruGenerative
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// Writing texts.
@Suite struct TextWriterTests {
  private static let verse = String(repeating: "가나다라 마바사 아자차 카타파하\n", count: 60)

  private static func vectorization(_ length: Int) throws -> TextVectorization {
    try TextVectorization(
      standardize: .none, split: .character, outputSequenceLength: length
    ).adapted(to: [verse])
  }

  private static func trained(fromLogits: Bool = false) async throws -> TrainedModel {
    let vectorization = try vectorization(16)
    let data = try Dataset.nextTokens(of: verse, vectorization: vectorization, stride: 5)
    let count = vectorization.vocabulary.count
    let model = Sequential {
      Embedding(count, 16)
      GRU(48, returnSequences: true)
      Dense(count, activation: fromLogits ? .linear : .softmax)
    }
    return try await model.fit(
      data, epochs: 25, batchSize: 16, optimizer: Adam(learningRate: 1e-2),
      loss: .sparseCategoricalCrossentropy(fromLogits: fromLogits), seed: 1)
  }

  @Test func windowsAreFollowedByTheNextTokens() throws {
    let vectorization = try TextVectorization(
      standardize: .none, split: .character, outputSequenceLength: 3, vocabulary: ["a", "b", "c"])
    let data = try Dataset.nextTokens(of: "abcabcab", vectorization: vectorization)
    #expect(try data.features[0].values == HostTensor([[Int32(2), 3, 4], [2, 3, 4]]))
    #expect(try data.targets[0].tensor == HostTensor([[Int32(3), 4, 2], [3, 4, 2]]))
    let dense = try Dataset.nextTokens(of: "abcab", vectorization: vectorization, stride: 1)
    #expect(dense.count == 2)
    let error = #expect(throws: DataError.self) {
      try Dataset.nextTokens(of: "abc", vectorization: vectorization)
    }
    #expect(
      "\(try #require(error))".contains(
        "the text has 3 tokens, and a window with what follows takes 4."))
    #expect(throws: DataError.self) {
      try Dataset.nextTokens(of: "abcabc", vectorization: vectorization, stride: 0)
    }
  }

  @Test(arguments: [false, true])
  func aNetworkThatLearnedAVerseWritesItOn(fromLogits: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "verse-\(UUID()).moru")
    defer { try? FileManager.default.removeItem(at: folder) }
    try await Self.trained(fromLogits: fromLogits).save(folder.path)
    // The vocabulary travels in the package.
    let writer = try TextWriter(TrainedModel.load(folder.path))
    var pieces: [String] = []
    let written = try await writer.write(
      after: "가나", count: 16, sampling: TokenSampling(temperature: 0), seed: 0
    ) { pieces.append($0) }
    #expect(written == "다라 마바사 아자차 카타파하\n")
    #expect(pieces.joined() == written)
    #expect(pieces.count == 16)
    // Longer than the window, and from nothing.
    let long = try await writer.write(
      after: String(Self.verse.prefix(40)), count: 4, sampling: TokenSampling(topK: 1), seed: 0)
    #expect(Self.verse.contains(long))
    let fromNothing = try await writer.write(
      after: "", count: 4, sampling: TokenSampling(temperature: 0), seed: 0)
    #expect(fromNothing == "가나다라")
  }

  @Test(arguments: [true, false])
  func aModelWithoutARecordWritesTheSame(fromLogits: Bool) async throws {
    let trained = try await Self.trained(fromLogits: fromLogits)
    let bare = try TrainedModel(
      layer: trained.layer, weights: trained.weights, signature: trained.signature)
    var texts: [String] = []
    for model in [trained, bare] {
      texts.append(
        try await TextWriter(model).write(
          after: "가", count: 20, sampling: TokenSampling(temperature: 3), seed: 1))
    }
    #expect(texts[0] == texts[1])
    let broken = try TrainedModel(
      layer: trained.layer,
      weights: trained.weights.mapValues {
        $0.dtype == .float32 ? HostTensor(repeating: Float.nan, shape: $0.shape) : $0
      }, signature: trained.signature)
    let writer = try TextWriter(broken)
    let error = await #expect(throws: GenerativeError.self) {
      try await writer.write(after: "가", count: 1, sampling: TokenSampling(), seed: 0)
    }
    #expect("\(try #require(error))".contains("its scores are not finite"))
  }

  @Test func drawsFollowTheSeed() async throws {
    let writer = try TextWriter(await Self.trained())
    let sampling = try TokenSampling(temperature: 5)
    func text(_ seed: Seed) async throws -> String {
      try await writer.write(after: "가", count: 20, sampling: sampling, seed: seed)
    }
    let first = try await text(1)
    #expect(try await text(1) == first)
    #expect(try await text(2) != first)
  }

  @Test func whatTheModelDoesNotKnowIsNamed() async throws {
    let writer = try TextWriter(await Self.trained())
    let error = await #expect(throws: GenerativeError.self) {
      try await writer.write(after: "가x나", count: 1, sampling: TokenSampling(), seed: 0)
    }
    #expect(
      "\(try #require(error))"
        == "The model does not know \"x\". Begin with what was in the texts it learned from.")
  }

  @Test func modelsThatDoNotWriteAreRefused() async throws {
    let layer = Dense(2)
    let model = try TrainedModel(
      layer: layer,
      weights: layer.declaration(inputs: [TensorType(.float32, [3])])
        .initialValues(seed: 1),
      signature: ModelSignature(
        inputs: [
          ModelInput(name: "input", dtype: .float32, shape: [3], content: InputContent())
        ],
        outputs: [ModelOutput(name: "output", dtype: .float32, shape: [2], meaning: .numbers)]))
    #expect(
      throws: GenerativeError.notAWriter(reason: "its input is not the tokens of a text")
    ) { try TextWriter(model) }
  }
}
