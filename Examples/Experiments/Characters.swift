import Foundation
import Moru

/// Networks that write plays letter by letter.
struct Characters: Experiment {
  static let name = "characters"
  private static let length = 128
  private let data: URL

  init(data: URL, pictures: URL) { self.data = data }

  func run() async throws -> String {
    let text = try String(
      contentsOf: data.appending(path: "text/tinyshakespeare/input.txt"), encoding: .utf8)
    let letters = Array(text)
    // The last tenth is kept for the test, the twentieth before it chooses the epoch.
    let ends = [0, letters.count * 17 / 20, letters.count * 9 / 10, letters.count]
    let parts = (0..<3).map { String(letters[ends[$0]..<ends[$0 + 1]]) }
    let vectorization = try TextVectorization(
      standardize: .none, split: .character, outputSequenceLength: Self.length
    ).adapted(to: [parts[0]])
    let sets = try parts.map {
      try Dataset.nextTokens(of: $0, vectorization: vectorization, source: "plays")
    }
    let count = vectorization.vocabulary.count
    var rows = [
      ["how often each letter comes", "", "", Markdown.number(Self.entropy(parts), 3), ""]
    ]
    var samples: [String] = []
    let networks: [(name: String, layer: any Layer, epochs: Int, optimizer: AdamW)] = [
      ("LSTM of 256 units", Self.lstm(count), 10, AdamW(learningRate: .cosineDecay(initial: 3e-3))),
      (
        "GPT of 4 blocks of 128 features", try Self.gpt(count), 8,
        AdamW(
          learningRate: .cosineDecay(initial: 1.5e-3, warmup: 100), weightDecay: 0.1, beta2: 0.99)
      ),
    ]
    for (name, layer, epochs, optimizer) in networks {
      let start = ContinuousClock.now
      let trained = try await layer.fit(
        sets[0], epochs: epochs, batchSize: 8, optimizer: optimizer.clipping(globalNorm: 1),
        loss: .sparseCategoricalCrossentropy(fromLogits: true), validation: .data(sets[1]),
        callbacks: [
          .progress(name), .earlyStopping(patience: epochs, restoreBestWeights: true),
        ], seed: 0)
      let time = Markdown.seconds(since: start)
      let loss = try await trained.evaluate(sets[2]).loss
      rows.append([
        name, "\(trained.declaration.parameterCount)",
        "\(trained.training?.keptEpoch ?? 0) of \(epochs)", Markdown.number(loss / log(2), 3), time,
      ])
      let writer = try TextWriter(trained)
      for (temperature, p) in [(0.5, 1.0), (1, 0.9)] {
        let written = try await writer.write(
          after: "ROMEO:\n", count: 240,
          sampling: TokenSampling(temperature: temperature, topP: p), seed: 0)
        samples.append(
          "\(name), temperature \(temperature), top-p \(p):\n\n```text\nROMEO:\n\(written)\n```")
      }
    }
    return """
      ## Letters of Shakespeare's plays

      `Benchmarks/experiments --data DIR characters`, seed 0: the first 85 % of 1,115,394 letters are \
      learned from, the next 5 % choose the epoch, and the last 10 % are the test: windows of \
      \(Self.length) letters that do not overlap, so that a letter is foretold from 64 before it on \
      average. AdamW with cosine decay, batch 8. The GPT has the blocks of `GPTSmall`, fewer and \
      narrower.

      \(Markdown.table(["Network", "weights", "kept epoch", "bits per letter", "time"], rows))

      \(samples.joined(separator: "\n\n"))
      """
  }

  private static func lstm(_ count: Int) -> Sequential {
    Sequential {
      Embedding(count, 64)
      LSTM(256, returnSequences: true)
      Dropout(0.1)
      Dense(count)
    }
  }

  private static func gpt(_ count: Int) throws -> Model {
    let initializer = RandomNormal(standardDeviation: 0.02)
    let input = Input([length], dtype: .int32)
    var x = Embedding(count, 128, embeddingsInitializer: initializer)(input)
    x = PositionEmbedding(length, embeddingsInitializer: initializer)(x)
    for number in 1...4 {
      x = TransformerBlock(
        128, heads: 4, hidden: 512, isCausal: true, dropout: 0.1, epsilon: 1e-5,
        initializer: initializer, name: "block\(number)")(x)
    }
    x = LayerNormalization(epsilon: 1e-5)(x)
    return try Model(inputs: input, outputs: Dense(count, kernelInitializer: initializer)(x))
  }

  /// Bits per letter of the test if letters come as often as in the training part, whatever precedes.
  private static func entropy(_ parts: [String]) -> Double {
    var counts: [Character: Double] = [:]
    for letter in parts[0] { counts[letter, default: 0] += 1 }
    let total = Double(parts[0].count)
    return parts[2].reduce(0) { $0 - log2((counts[$1] ?? 1) / total) } / Double(parts[2].count)
  }
}
