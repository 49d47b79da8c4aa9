internal import MoruArchive

/// Texts as rows of numbers: standardised, split into tokens, and looked up in a vocabulary. Keras's
/// layer of that name, on the host, because strings never enter the graph.
///
/// Place 0 of `int` is padding, place 1 unknown tokens (`[UNK]`); other outputs have unknown tokens at
/// 0 and no padding. As in Keras, which works on bytes: lower case changes the letters A to Z alone;
/// punctuation is the 32 ASCII signs, so that 「」 and … stay; white space is ASCII's (space, tab, line
/// feed, vertical tab, form feed, carriage return); a character is a Unicode scalar, so that decomposed
/// Hangul is split into its letters. Bring texts to one normal form (NFC) beforehand.
///
/// - Source: Keras 3, `keras.layers.TextVectorization`.
public struct TextVectorization: Codable, Sendable, Equatable {
  /// What is done to a text before it is split.
  public enum Standardization: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// A to Z become a to z.
    case lower
    /// ASCII punctuation is left out.
    case stripPunctuation
    /// Both.
    case lowerAndStripPunctuation
  }

  /// What tokens are.
  public enum Split: String, Codable, Sendable, CaseIterable {
    /// The whole text is one.
    case none
    /// What stands between ASCII white space.
    case whitespace
    /// Each Unicode scalar.
    case character
  }

  /// What is done to a text before it is split.
  public let standardize: Standardization
  /// What tokens are.
  public let split: Split
  /// Which numbers of neighbouring tokens, joined by a space, are looked up instead; nil for tokens.
  public let ngrams: NgramWidths?
  /// To how many places texts are cut or filled up in `int`; to the longest of a call if nil.
  public let outputSequenceLength: Int?
  /// Where tokens are looked up.
  public internal(set) var lookup: StringLookup

  /// A vectorization that has its vocabulary, or learns it by `adapted(to:)`.
  ///
  /// - Parameters:
  ///   - maxTokens: Most tokens that the vocabulary may have, those for padding and unknown ones
  ///     included; any number if nil.
  ///   - outputMode: What the places become: not `oneHot`.
  ///   - padToMaxTokens: Whether rows of `multiHot`, `count` and `tfIdf` are as wide as `maxTokens`.
  ///   - vocabulary: The tokens, each once, with or without those for padding and unknown ones.
  ///   - idfWeights: A weight for each entry of `vocabulary`, for `tfIdf`.
  /// - Throws: `DataError.setting` for settings that do not go together.
  public init(
    maxTokens: Int? = nil, standardize: Standardization = .lowerAndStripPunctuation,
    split: Split = .whitespace, ngrams: NgramWidths? = nil, outputMode: TokenEncoding = .int,
    outputSequenceLength: Int? = nil, padToMaxTokens: Bool = false, vocabulary: [String] = [],
    idfWeights: [Double] = []
  ) throws(DataError) {
    guard ngrams?.isValid != false else {
      throw .setting(Self.part, "ngrams are widths from 1 to 16, such as 2 or [2, 3].")
    }
    guard outputMode != .oneHot else {
      throw .setting(Self.part, "oneHot is for lookups. Choose multiHot or count.")
    }
    if let outputSequenceLength {
      guard outputMode == .int else {
        throw .setting(
          Self.part, "outputSequenceLength is for int, not \(outputMode.rawValue). Leave it out.")
      }
      guard (1...Self.lengthLimit).contains(outputSequenceLength) else {
        throw .setting(
          Self.part,
          "outputSequenceLength is \(outputSequenceLength). Choose from 1 to \(Self.lengthLimit).")
      }
    }
    self.standardize = standardize
    self.split = split
    self.ngrams = ngrams
    self.outputSequenceLength = outputSequenceLength
    do throws(DataError) {
      lookup = try StringLookup(
        maxTokens: maxTokens, maskToken: "", vocabulary: vocabulary, idfWeights: idfWeights,
        outputMode: outputMode, padToMaxTokens: padToMaxTokens)
    } catch .setting(_, let reason) { throw .setting(Self.part, reason) }
  }

  /// Most UTF-8 bytes of a text that is vectorised: 1 MiB.
  public static let lengthLimit = 1 << 20

  private static let part = "TextVectorization"

  /// Most tokens that the vocabulary may have; any number if nil.
  public var maxTokens: Int? { lookup.maxTokens }
  /// What the places become.
  public var outputMode: TokenEncoding { lookup.outputMode }
  /// Whether rows are as wide as `maxTokens`, however few tokens there are.
  public var padToMaxTokens: Bool { lookup.padToMaxTokens }
  /// The token of each place, those for padding and unknown ones included; empty until it is learned.
  public var vocabulary: [String] { lookup.vocabulary }
  /// The weight of each place for `tfIdf`.
  public var idfWeights: [Double] { lookup.idfWeights }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case maxTokens, standardize, split, ngrams, outputMode, outputSequenceLength, padToMaxTokens
    case vocabulary, idfWeights
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.part)
    do {
      try self.init(
        maxTokens: fields.optional(.maxTokens),
        standardize: fields.value(.standardize, default: .lowerAndStripPunctuation),
        split: fields.value(.split, default: .whitespace),
        ngrams: fields.optional(.ngrams),
        outputMode: fields.value(.outputMode, default: .int),
        outputSequenceLength: fields.optional(.outputSequenceLength),
        padToMaxTokens: fields.value(.padToMaxTokens, default: false),
        vocabulary: fields.value(.vocabulary, default: []),
        idfWeights: fields.value(.idfWeights, default: []))
    } catch let error as DataError { throw PlacedError(error, at: decoder.codingPath) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(maxTokens, forKey: .maxTokens)
    try container.encode(standardize, forKey: .standardize)
    try container.encode(split, forKey: .split)
    try container.encodeIfPresent(ngrams, forKey: .ngrams)
    try container.encode(outputMode, forKey: .outputMode)
    try container.encodeIfPresent(outputSequenceLength, forKey: .outputSequenceLength)
    try container.encode(padToMaxTokens, forKey: .padToMaxTokens)
    if !vocabulary.isEmpty { try container.encode(vocabulary, forKey: .vocabulary) }
    if !idfWeights.isEmpty { try container.encode(idfWeights, forKey: .idfWeights) }
  }
}
