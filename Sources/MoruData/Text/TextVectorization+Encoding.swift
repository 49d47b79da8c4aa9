public import MoruTensors

extension TextVectorization {
  /// The same with a vocabulary that is learned from texts: the most frequent tokens first, of equally
  /// frequent ones the last by UTF-8 bytes, up to `maxTokens`. Fit it to training texts alone.
  ///
  /// An earlier vocabulary is forgotten. For `tfIdf` each text is a document.
  ///
  /// - Throws: `DataError.noTokens` if no text has a token; `.textTooLong`.
  public func adapted(to texts: [String]) throws(DataError) -> TextVectorization {
    for text in texts { try Self.checkLength(text) }
    var adapted = self
    adapted.lookup = try lookup.adapted(toDocuments: texts.lazy.map(tokens))
    return adapted
  }

  /// The texts as rows of numbers.
  ///
  /// - Shapes: `int` Int32 `[texts, length]`; otherwise Float32 `[texts, tokens]`.
  /// - Throws: `DataError.noVocabulary` before the vocabulary is known; `.textTooLong`.
  public func callAsFunction(_ texts: [String]) throws(DataError) -> HostTensor {
    var rows: [[Float]] = []
    for text in texts { rows.append(try row(text)) }
    let width = width ?? rows.map(\.count).max() ?? 0
    let tensor = HostTensor(shape: [texts.count, width]) {
      (target: UnsafeMutableBufferPointer<Float>) in
      target.initialize(repeating: 0)
      for (index, row) in rows.enumerated() {
        for (place, value) in row.enumerated() { target[index * width + place] = value }
      }
    }
    return outputMode == .int ? tensor.converted(to: .int32) : tensor
  }

  /// How many numbers each text becomes; nil if that depends on the texts of a call.
  var width: Int? { outputMode == .int ? outputSequenceLength : lookup.depth }

  /// The numbers of one text, of `int` without padding.
  func row(_ text: String) throws(DataError) -> [Float] {
    try Self.checkLength(text)
    var tokens = tokens(text)
    if let outputSequenceLength { tokens.removeLast(max(tokens.count - outputSequenceLength, 0)) }
    return try lookup.encode(tokens)
  }

  private static func checkLength(_ text: String) throws(DataError) {
    guard text.utf8.count <= lengthLimit else { throw .textTooLong(limit: lengthLimit) }
  }

  private func tokens(_ text: String) -> [[UInt8]] {
    let bytes = standardized(text)
    let tokens: [[UInt8]] =
      switch split {
      case .none: [bytes]
      case .whitespace:
        bytes.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }.map(Array.init)
      case .character:
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { Array(String($0).utf8) }
      }
    guard let ngrams else { return tokens }
    return ngrams.values.flatMap { width in
      tokens.indices.dropLast(width - 1).map { start in
        Array(tokens[start..<start + width].joined(separator: [UInt8(ascii: " ")]))
      }
    }
  }

  private func standardized(_ text: String) -> [UInt8] {
    let lowers = standardize == .lower || standardize == .lowerAndStripPunctuation
    let strips = standardize == .stripPunctuation || standardize == .lowerAndStripPunctuation
    // Bytes of other scalars than ASCII's are 128 and above, and never touched.
    return text.utf8.compactMap { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): lowers ? byte + 32 : byte
      case 33...47, 58...64, 91...96, 123...126: strips ? nil : byte
      default: byte
      }
    }
  }
}

extension TextVectorization {
  /// The place of each token of a text of any length in the vocabulary, uncut and without padding.
  ///
  /// - Throws: `DataError.noVocabulary` before the vocabulary is known.
  package func places(of text: String) throws(DataError) -> [Int32] {
    try lookup.encode(tokens(text)).map { Int32($0) }
  }
}
