import Foundation
package import Moru

/// A small Transformer reads Korean film reviews letter by letter and tells praise from blame.
package struct FilmReviews: Lesson {
  package static let name = "reviews"
  package static let claim =
    "A small Transformer tells praise from blame in film reviews, far above the baseline."

  package struct Findings: LessonFindings {
    /// The accuracy on new reviews by epoch.
    package let transformer: [Double]
    /// The same of a line through the counts of the letters.
    package let letterCounts: [Double]
    /// The accuracy of always answering with the more frequent sentiment.
    package let baseline: Double

    package var summary: String {
      "baseline \(baseline.short), counts of letters \((letterCounts.last ?? .nan).short), "
        + "Transformer \((transformer.last ?? .nan).short)"
    }

    package var chart: LineChart {
      LineChart(
        title: "Accuracy on new film reviews",
        series: [
          .init(name: "Transformer", values: transformer),
          .init(name: "counts of letters", values: letterCounts),
          .init(name: "baseline", values: transformer.map { _ in baseline }),
        ])
    }
  }

  private let length = 40
  private let epochs = 6

  package init() {}

  package func run() async throws -> Findings {
    let table = try Table(at: URL(filePath: "Examples/data/film_reviews.csv.gz"))
    let (reviews, sentiments) = (try table.column("review"), try table.column("sentiment"))
    let texts = (0..<table.rowCount).map { reviews.text(at: $0) ?? "" }
    let isPositive = (0..<table.rowCount).map { sentiments.text(at: $0) == "positive" }
    let split = try Split.trainTest(count: texts.count, testFraction: 0.2, seed: 0)
    // Letters that are rare in the training part are one and the same unknown letter.
    let vectorization = try TextVectorization(
      maxTokens: 1000, standardize: .none, split: .character, outputSequenceLength: length
    ).adapted(to: split.train.map { texts[$0] })
    func samples(_ rows: [Int]) throws -> Dataset {
      try .texts(
        rows.map { texts[$0] }, vectorization: vectorization,
        targets: .values(rows.map { isPositive[$0] ? 1 : 0 }), source: "film reviews")
    }
    let letters = vectorization.vocabulary.count
    let (train, test) = (try samples(split.train), try samples(split.test))
    func accuracies(_ model: any Layer, _ rate: Double) async throws -> [Double] {
      try await model.fit(
        train, epochs: epochs, batchSize: 64, optimizer: .adam(learningRate: .constant(rate)),
        loss: .binaryCrossentropy, metrics: [.accuracy], validation: .data(test)
      ).history("val_accuracy")
    }
    let share = Double(split.test.count { isPositive[$0] }) / Double(split.test.count)
    return Findings(
      transformer: try await accuracies(try transformer(letters: letters), 2e-3),
      letterCounts: try await accuracies(
        Sequential {
          CategoryEncoding(letters, outputMode: .count)
          Dense(1, activation: .sigmoid)
        }, 0.01),
      baseline: max(share, 1 - share))
  }

  /// Letters and their places, one block of attention and one hidden layer, and the mean over the
  /// review.
  private func transformer(letters: Int) throws -> Model {
    let input = Input([length], dtype: .int32)
    var x = PositionEmbedding(length)(Embedding(letters, 48, maskZero: true)(input))
    x = LayerNormalization()(
      Add()([x, MultiHeadAttention(heads: 4, keyDimension: 12, dropout: 0.1)(x)]))
    let hidden = Dense(48)(Dense(96, activation: .relu)(x))
    x = LayerNormalization()(Add()([x, hidden]))
    let output = Dense(1, activation: .sigmoid)(Dropout(0.3)(GlobalAveragePooling1D()(x)))
    return try Model(inputs: input, outputs: output)
  }
}
