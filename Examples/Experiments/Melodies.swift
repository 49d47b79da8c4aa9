import Foundation
import Moru

/// A network learns tunes that a grammar draws, and writes some of its own.
struct Melodies: Experiment {
  static let name = "melody"
  private static let epochs = 12
  private static let length = 96
  private let pictures: URL

  init(data: URL, pictures: URL) { self.pictures = pictures }

  func run() async throws -> String {
    var grammar = MelodyGrammar(seed: 0)
    let tunes = (0..<700).map { _ in grammar.tune().words }
    // Tunes stand one behind the other with a word between them that ends each.
    func text(_ part: ArraySlice<String>) -> String { part.joined(separator: " end ") + " end " }
    let vectorization = try TextVectorization(
      standardize: .none, split: .whitespace, outputSequenceLength: Self.length
    ).adapted(to: [text(tunes[..<600])])
    let sets = try [tunes[..<600], tunes[600...]].map {
      try Dataset.nextTokens(
        of: text($0), vectorization: vectorization, stride: 24, source: "tunes")
    }
    let count = vectorization.vocabulary.count
    let start = ContinuousClock.now
    let trained = try await Sequential {
      Embedding(count, 32)
      LSTM(192, returnSequences: true)
      Dense(count)
    }.fit(
      sets[0], epochs: Self.epochs, batchSize: 32,
      optimizer: Adam(learningRate: .cosineDecay(initial: 5e-3)).clipping(globalNorm: 1),
      loss: .sparseCategoricalCrossentropy(fromLogits: true), callbacks: [.progress("melody")],
      seed: 0)
    let time = Markdown.seconds(since: start)
    let bits = try await trained.evaluate(sets[1]).loss / log(2)
    let writer = try TextWriter(trained)
    var rows: [[String]] = []
    for temperature in [0.5, 1, 1.5] {
      let written = try await writer.write(
        after: "end", count: 2000, sampling: TokenSampling(temperature: temperature), seed: 0)
      let tunes = written.components(separatedBy: " end").dropLast()
      let bars = try tunes.flatMap { try Melody($0).barLengths }
      let whole = Double(bars.count { $0 == 16 }) / Double(max(bars.count, 1))
      let long = Double(tunes.count { (try? Melody($0).barLengths.count) == 16 })
      rows.append([
        "\(temperature)", "\(bars.count)", Markdown.number(whole),
        Markdown.number(long / Double(max(tunes.count, 1))),
      ])
      if temperature == 0.5, let first = tunes.first {
        try Melody(first).midi(program: 73).write(to: pictures.appending(path: "melody.mid"))
      }
    }
    return """
      ## Tunes of a grammar

      `Benchmarks/experiments --data DIR melody`, seed 0: an LSTM of 192 units learns 600 tunes that \
      `MelodyGrammar` draws, \(Self.epochs) epochs in \(time), and foretells another 100 with \
      \(Markdown.number(bits)) bits a word, in windows of 96 that overlap. What it writes: of all bars the share that is four quarters \
      long, and of all tunes the share that is 16 bars long, as the grammar's are.

      \(Markdown.table(["Temperature", "bars", "whole bars", "whole tunes"], rows))

      [One of them](images/melody.mid), as a MIDI file.
      """
  }
}
