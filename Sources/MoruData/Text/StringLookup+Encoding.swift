internal import Foundation
public import MoruTensors

extension StringLookup {
  /// The same with a vocabulary that is learned from strings: the most frequent first, of equally
  /// frequent ones the last by UTF-8 bytes, up to `maxTokens`. Fit it to training data alone.
  ///
  /// An earlier vocabulary is forgotten. For `tfIdf` each string is a document of its own.
  ///
  /// - Throws: `DataError.noTokens` if there is nothing but mask and unknown tokens.
  public func adapted(to strings: [String]) throws(DataError) -> StringLookup {
    try adapted(to: strings.map { [$0] })
  }

  /// The same with a vocabulary that is learned from rows of strings, each a document.
  ///
  /// - Throws: `DataError.noTokens` if there is nothing but mask and unknown tokens.
  public func adapted(to rows: [[String]]) throws(DataError) -> StringLookup {
    try adapted(toDocuments: rows.lazy.map { $0.map { Array($0.utf8) } })
  }

  func adapted(
    toDocuments documents: some Sequence<[[UInt8]]>
  ) throws(DataError) -> StringLookup {
    var counts: [[UInt8]: Int] = [:]
    var holders: [[UInt8]: Int] = [:]
    var documentCount = 0
    for document in documents {
      documentCount += 1
      for token in document { counts[token, default: 0] += 1 }
      if outputMode == .tfIdf { for token in Set(document) { holders[token, default: 0] += 1 } }
    }
    for special in [maskToken, oovToken].compactMap({ $0 }) { counts[Array(special.utf8)] = nil }
    let ordered = counts.sorted { one, other in
      one.value == other.value
        ? other.key.lexicographicallyPrecedes(one.key) : one.value > other.value
    }
    let learned = ordered.prefix(maxTokens.map { $0 - firstPlace } ?? ordered.count).map(\.key)
    guard !learned.isEmpty else { throw .noTokens }
    let weights = learned.map { token in
      log(1 + Double(documentCount) / Double(1 + holders[token, default: 0]))
    }
    var adapted = self
    try adapted.set(
      learned.map { String(decoding: $0, as: UTF8.self) },
      weights: outputMode == .tfIdf ? weights : [])
    return adapted
  }

  /// The places of strings, or what the output mode makes of them.
  ///
  /// - Shapes: `[n]`; `oneHot` `[n, tokens]`; otherwise the strings are one row: `[tokens]`.
  /// - Throws: `DataError.noVocabulary`; `.unknownToken` if there is no place for unknown strings.
  public func callAsFunction(_ strings: [String]) throws(DataError) -> HostTensor {
    let rows = try encode(outputMode.isByRow ? [strings] : strings.map { [$0] })
    let width = outputMode == .oneHot ? [depth] : []
    return outputMode.isByRow
      ? tensor(rows, shape: [depth]) : tensor(rows, shape: Shape([strings.count] + width))
  }

  /// The places of the strings in rows, or what the output mode makes of them.
  ///
  /// - Shapes: `[rows, n]`; `oneHot` `[rows, n, tokens]`, or `[rows, tokens]` if n is 1; otherwise
  ///   `[rows, tokens]`.
  /// - Throws: `DataError.noVocabulary`; `.unknownToken` if there is no place for unknown strings;
  ///   `.inconsistent` for rows of different lengths.
  public func callAsFunction(_ rows: [[String]]) throws(DataError) -> HostTensor {
    let count = rows.first?.count ?? 0
    guard outputMode.isByRow || rows.allSatisfy({ $0.count == count }) else {
      throw .inconsistent("the rows of strings have different lengths")
    }
    let values = try encode(rows)
    return switch outputMode {
    case .int: tensor(values, shape: [rows.count, count])
    case .oneHot where count != 1: tensor(values, shape: [rows.count, count, depth])
    case .oneHot, .multiHot, .count, .tfIdf: tensor(values, shape: [rows.count, depth])
    }
  }

  /// The strings at places: the way back, if `invert` was chosen. What has no place is unknown.
  ///
  /// - Parameter places: Whole numbers of any shape.
  /// - Returns: The strings in row-major order.
  /// - Throws: `DataError.noVocabulary`; `.setting` without `invert`.
  public func callAsFunction(_ places: HostTensor) throws(DataError) -> [String] {
    guard invert else {
      throw .setting("StringLookup", "it takes strings. Choose invert to give it places.")
    }
    guard !vocabulary.isEmpty else { throw .noVocabulary }
    let numbers = (try? places.converted(to: .int64).array(of: Int64.self)) ?? []
    return numbers.map { place in
      vocabulary.indices.contains(Int(place)) ? vocabulary[Int(place)] : oovToken
    }
  }

  private func encode(_ rows: [[String]]) throws(DataError) -> [Float] {
    guard !invert else {
      throw .setting("StringLookup", "it takes places, because invert was chosen.")
    }
    var values: [Float] = []
    for row in rows { values += try encode(row.map { Array($0.utf8) }) }
    return values
  }

  /// A row of tokens: as many places, or `depth` numbers for each (`oneHot`) or all of them.
  func encode(_ tokens: [[UInt8]]) throws(DataError) -> [Float] {
    guard !vocabulary.isEmpty else { throw .noVocabulary }
    if outputMode == .int {
      var values: [Float] = []
      for token in tokens { values.append(Float(try place(of: token) ?? 0)) }
      return values
    }
    let isByRow = outputMode.isByRow
    var values = [Float](repeating: 0, count: depth * (isByRow ? 1 : tokens.count))
    for (index, token) in tokens.enumerated() {
      guard let place = try place(of: token) else { continue }
      let target = Int(place) + (isByRow ? 0 : index * depth)
      switch outputMode {
      case .int, .oneHot, .multiHot: values[target] = 1
      case .count, .tfIdf: values[target] += 1
      }
    }
    guard outputMode == .tfIdf else { return values }
    for (place, weight) in idfWeights.enumerated() {
      values[place] = Float(Double(values[place]) * weight)
    }
    return values
  }

  /// Where a token stands; nil for the mask, which outputs other than `int` leave out.
  private func place(of token: [UInt8]) throws(DataError) -> Int32? {
    if let place = places[token] { return place }
    if let maskToken, maskToken.utf8.elementsEqual(token) { return outputMode == .int ? 0 : nil }
    guard numOovIndices > 0 else { throw .unknownToken(known: places.count) }
    let first = Int32(firstPlace - numOovIndices)
    guard numOovIndices > 1 else { return first }
    return first + Int32(Fingerprint(of: token).value % UInt64(numOovIndices))
  }

  private func tensor(_ values: [Float], shape: Shape) -> HostTensor {
    let tensor = HostTensor(shape: shape) { (target: UnsafeMutableBufferPointer<Float>) in
      _ = target.initialize(fromContentsOf: values)
    }
    return outputMode == .int ? tensor.converted(to: .int32) : tensor
  }
}

extension TokenEncoding {
  /// Whether all tokens of a row become one row of numbers.
  fileprivate var isByRow: Bool { self == .multiHot || self == .count || self == .tfIdf }
}
