internal import MoruArchive
internal import MoruTensors

/// The place of each string in a vocabulary: Keras's layer of that name, on the host, because
/// strings never enter the graph.
///
/// Places are 0 for the mask token, if there is one and the output is `int`; then `numOovIndices` for
/// strings that the vocabulary lacks ("out of vocabulary"), chosen by hash if there are several; then
/// the vocabulary's. Strings are equal if their UTF-8 bytes are: composed and decomposed Hangul are
/// two strings.
///
/// - Source: Keras 3, `keras.layers.StringLookup`; its hash is FarmHash's.
public struct StringLookup: Codable, Sendable, Equatable {
  /// Most tokens that the vocabulary may have, those for mask and unknown strings included; any number
  /// if nil.
  public let maxTokens: Int?
  /// How many places unknown strings share; with 0 an unknown string is an error.
  public let numOovIndices: Int
  /// The string that stands for padding: place 0 of `int`, and left out of other outputs.
  public let maskToken: String?
  /// What unknown places are called.
  public let oovToken: String
  /// Whether places become strings, not strings places.
  public let invert: Bool
  /// What the places become.
  public let outputMode: TokenEncoding
  /// Whether rows are as wide as `maxTokens`, however few tokens there are.
  public let padToMaxTokens: Bool
  /// The token of each place, those for mask and unknown strings included; empty until it is learned.
  public private(set) var vocabulary: [String] = []
  /// The weight of each place for `tfIdf`, `ln(1 + documents / (1 + documents with the token))`; that
  /// of unknown strings is the mean of the others unless it was given.
  public private(set) var idfWeights: [Double] = []
  private(set) var places: [[UInt8]: Int32] = [:]

  /// A lookup that has its vocabulary, or learns it by `adapted(to:)`.
  ///
  /// - Parameters:
  ///   - vocabulary: The tokens, each once, with or without those for mask and unknown strings.
  ///   - idfWeights: A weight for each entry of `vocabulary`, for `tfIdf`.
  /// - Throws: `DataError.setting` for settings that do not go together.
  public init(
    maxTokens: Int? = nil, numOovIndices: Int = 1, maskToken: String? = nil,
    oovToken: String = "[UNK]", vocabulary: [String] = [], idfWeights: [Double] = [],
    invert: Bool = false, outputMode: TokenEncoding = .int, padToMaxTokens: Bool = false
  ) throws(DataError) {
    self.maxTokens = maxTokens
    self.numOovIndices = numOovIndices
    self.maskToken = maskToken
    self.oovToken = oovToken
    self.invert = invert
    self.outputMode = outputMode
    self.padToMaxTokens = padToMaxTokens
    try checkSettings()
    if vocabulary.isEmpty {
      guard idfWeights.isEmpty else {
        throw .setting(Self.part, "idfWeights weigh a vocabulary. Pass that too.")
      }
    } else {
      try set(vocabulary, weights: idfWeights)
    }
  }

  private static let part = "StringLookup"
  /// Most places that a vocabulary may have: Float32 counts exactly up to here.
  private static let sizeLimit = 1 << 24

  /// Number of places before those of known tokens.
  var firstPlace: Int { unknownPlace + numOovIndices }
  private var unknownPlace: Int { maskToken != nil && outputMode == .int ? 1 : 0 }

  private var specialTokens: [String] {
    (unknownPlace == 1 ? [maskToken ?? ""] : [])
      + [String](repeating: oovToken, count: numOovIndices)
  }

  /// Numbers in a row of other outputs than `int`.
  var depth: Int { padToMaxTokens ? maxTokens ?? vocabulary.count : vocabulary.count }

  private func checkSettings() throws(DataError) {
    guard (0...Self.sizeLimit).contains(numOovIndices) else {
      throw .setting(
        Self.part, "numOovIndices is \(numOovIndices). Choose from 0 to \(Self.sizeLimit).")
    }
    if let maxTokens, !(firstPlace + 1...Self.sizeLimit).contains(maxTokens) {
      throw .setting(
        Self.part,
        "maxTokens is \(maxTokens), which counts those for mask and unknown strings too. "
          + "Choose from \(firstPlace + 1) to \(Self.sizeLimit).")
    }
    guard !padToMaxTokens || maxTokens != nil else {
      throw .setting(Self.part, "padToMaxTokens needs maxTokens. Give a number of tokens.")
    }
    guard !invert || outputMode == .int else {
      throw .setting(Self.part, "invert takes places, not \(outputMode.rawValue). Choose int.")
    }
  }

  /// Takes a vocabulary, whose special tokens may be left out.
  mutating func set(_ given: [String], weights: [Double]) throws(DataError) {
    let special = specialTokens
    let isWhole =
      given.count >= special.count
      && zip(given, special).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    let tokens = isWhole ? Array(given.dropFirst(special.count)) : given
    guard !tokens.isEmpty else {
      throw .setting(Self.part, "the vocabulary names no token. Name at least one.")
    }
    guard (outputMode == .tfIdf) == !weights.isEmpty else {
      throw .setting(Self.part, "a vocabulary has idfWeights for tfIdf, and only for that.")
    }
    guard weights.isEmpty || weights.count == given.count, weights.allSatisfy(\.isFinite) else {
      throw .setting(
        Self.part,
        "there are \(weights.count) idfWeights for \(given.count) tokens. "
          + "Pass one finite number for each.")
    }
    guard special.count + tokens.count <= maxTokens ?? Self.sizeLimit else {
      throw .setting(
        Self.part,
        "there are \(special.count + tokens.count) tokens, \(special.count) of them for mask and "
          + "unknown strings, but maxTokens is \(maxTokens ?? Self.sizeLimit). Raise it.")
    }
    var places: [[UInt8]: Int32] = [:]
    for (place, token) in tokens.enumerated() {
      guard places.updateValue(Int32(special.count + place), forKey: Array(token.utf8)) == nil
      else { throw .setting(Self.part, "token \(place) is there twice. Name each once.") }
    }
    if let maskToken, places[Array(maskToken.utf8)] != nil {
      throw .setting(Self.part, "the mask is a token too. Leave it out of the vocabulary.")
    }
    self.places = places
    vocabulary = special + tokens
    idfWeights =
      weights.isEmpty || isWhole
      ? weights : [Double](repeating: weights.mean, count: special.count) + weights
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case maxTokens, numOovIndices, maskToken, oovToken, vocabulary, idfWeights, invert, outputMode
    case padToMaxTokens
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.part)
    do {
      try self.init(
        maxTokens: fields.optional(.maxTokens),
        numOovIndices: fields.value(.numOovIndices, default: 1),
        maskToken: fields.optional(.maskToken),
        oovToken: fields.value(.oovToken, default: "[UNK]"),
        vocabulary: fields.value(.vocabulary, default: []),
        idfWeights: fields.value(.idfWeights, default: []),
        invert: fields.value(.invert, default: false),
        outputMode: fields.value(.outputMode, default: .int),
        padToMaxTokens: fields.value(.padToMaxTokens, default: false))
    } catch let error as DataError { throw PlacedError(error, at: decoder.codingPath) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(maxTokens, forKey: .maxTokens)
    try container.encode(numOovIndices, forKey: .numOovIndices)
    try container.encodeIfPresent(maskToken, forKey: .maskToken)
    try container.encode(oovToken, forKey: .oovToken)
    if !vocabulary.isEmpty { try container.encode(vocabulary, forKey: .vocabulary) }
    if !idfWeights.isEmpty { try container.encode(idfWeights, forKey: .idfWeights) }
    try container.encode(invert, forKey: .invert)
    try container.encode(outputMode, forKey: .outputMode)
    try container.encode(padToMaxTokens, forKey: .padToMaxTokens)
  }
}
