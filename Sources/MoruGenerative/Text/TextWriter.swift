import Foundation
public import MoruCPU
import MoruData
public import MoruGraph
import MoruLayers
public import MoruModels
public import MoruTensors

/// Writes texts token by token with a model that scores what comes next at each step.
///
/// The model takes Int32 `[length]` with the vocabulary of `Dataset.nextTokens` and gives a score, or a
/// probability, of each token for each step: `[length, tokens]`. It must not look ahead: recurrent
/// networks and attention with a causal mask do not. It sees the last `length` tokens at most.
public struct TextWriter: Sendable {
  private let model: TrainedModel
  private let vectorization: TextVectorization
  private let length: Int
  /// By the loss of the training; nil without a record of one.
  private let areProbabilities: Bool?
  private let predictor: Predictor

  /// A writer whose model runs on `executor`.
  ///
  /// - Throws: `GenerativeError.notAWriter` for a model that does not score tokens.
  public init(_ model: TrainedModel, on executor: any Executor = .cpu) throws(GenerativeError) {
    guard model.signature.inputs.count == 1, model.signature.outputs.count == 1 else {
      throw .notAWriter(reason: "it has several inputs or outputs")
    }
    guard let column = model.signature.inputs[0].content.table?.textColumn,
      case .text(let vectorization, _) = column.rule, vectorization.outputMode == .int,
      vectorization.ngrams == nil, vectorization.split != .none
    else { throw .notAWriter(reason: "its input is not the tokens of a text") }
    let shape = model.signature.outputs[0].shape
    let needed: Shape = [model.signature.inputs[0].shape[0], vectorization.vocabulary.count]
    guard shape == needed else {
      throw .notAWriter(
        reason: "its output has shape \(shape), not \(needed), a score of each token for each step")
    }
    self.model = model
    self.vectorization = vectorization
    length = needed[0]
    let loss = model.training?.objective.parts.first?.loss
    areProbabilities = loss.map { !$0.takesLogits }
    predictor = Predictor(model, on: executor)
  }

  /// Writes on, handing over each token as it is drawn.
  ///
  /// - Parameters:
  ///   - prompt: What the text begins with; a line feed, or else a token that the seed draws, stands
  ///     before it where it is empty.
  ///   - count: Tokens to be written, at least 0.
  ///   - sampling: How they are drawn.
  ///   - seed: Decides every draw.
  ///   - receive: Called with each token, and before with nothing.
  /// - Returns: What was written, without the prompt.
  /// - Throws: `GenerativeError.unknownToken` for a prompt with tokens that the model does not know;
  ///   `.outOfRange`; what `receive` throws.
  @discardableResult
  public func write(
    after prompt: String, count: Int, sampling: TokenSampling, seed: Seed,
    _ receive: (String) throws -> Void = { _ in }
  ) async throws -> String {
    guard count >= 0 else {
      throw GenerativeError.outOfRange("count", found: "\(count)", allowed: "at least 0")
    }
    let vocabulary = vectorization.vocabulary
    var tokens = try vectorization.places(of: prompt)
    var generator = seed.generator
    if tokens.contains(1) {
      let pieces =
        vectorization.split == .character
        ? prompt.unicodeScalars.map { String($0) }
        : prompt.split(whereSeparator: \.isWhitespace).map(String.init)
      let unknown = try pieces.first { try vectorization.places(of: $0).contains(1) }
      throw GenerativeError.unknownToken(unknown ?? prompt)
    }
    if tokens.isEmpty {
      let start =
        vocabulary.firstIndex(of: "\n") ?? Int.random(in: 2..<vocabulary.count, using: &generator)
      tokens = [Int32(start)]
    }
    let separator = vectorization.split == .whitespace ? " " : ""
    var written = ""
    for _ in 0..<count {
      try Task.checkCancellation()
      let next = sampling.draw(try await scores(after: tokens.suffix(length)), using: &generator)
      tokens.append(Int32(next))
      let piece = separator + vocabulary[next]
      written += piece
      try receive(piece)
    }
    return written
  }

  /// The scores of what comes after some tokens; places 0 and 1, which stand for no token, are left out.
  private func scores(after tokens: ArraySlice<Int32>) async throws -> [Double] {
    // What stands behind the last token is not seen from there.
    let padded = Array(tokens) + [Int32](repeating: 0, count: length - tokens.count)
    let outputs = try await predictor.predict([HostTensor(padded, shape: [1, length])])[0]
    let width = vectorization.vocabulary.count
    let all = try outputs.converted(to: .float32).array(of: Float.self)
    var row = all[(tokens.count - 1) * width..<tokens.count * width].map(Double.init)
    // Without a record of a training the numbers themselves say what they are.
    let looksLikely = row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) < 1e-3
    if areProbabilities ?? looksLikely { row = row.map { log($0) } }
    (row[0], row[1]) = (-.infinity, -.infinity)
    guard row.allSatisfy({ $0 < .infinity }), row.contains(where: \.isFinite) else {
      throw GenerativeError.notAWriter(
        reason: "its scores are not finite. Train it again at a lower learning rate")
    }
    return row
  }
}
