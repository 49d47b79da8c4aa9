import Foundation
public import MoruData
import MoruTensors

/// A golden case of texts or strings that become numbers on the host.
public enum GoldenTextCase {
  case vectorization(TextVectorization)
  case lookup(StringLookup)

  /// The part of ours that a case is about, with the vocabulary that the case says.
  ///
  /// - Throws: `GoldenError` if another vocabulary was learned than Keras's.
  public init(_ file: GoldenFile) throws {
    let settings = try JSONEncoder().encode(Self.ours(file))
    let adapt = file.description["adapt"] ?? .null
    if file.className == "TextVectorization" {
      let part = try JSONDecoder().decode(TextVectorization.self, from: settings)
      self = .vectorization(adapt == .null ? part : try part.adapted(to: adapt.texts()))
    } else {
      let part = try JSONDecoder().decode(StringLookup.self, from: settings)
      self = .lookup(
        adapt == .null
          ? part
          : try adapt.rows().map { try part.adapted(to: $0) } ?? part.adapted(to: adapt.texts()))
    }
    guard try vocabulary.elementsEqual(file.description.value("vocabulary").texts(), by: Self.same)
    else { throw GoldenError("\(file.name): the vocabulary is \(vocabulary)") }
  }

  private var vocabulary: [String] {
    switch self {
    case .vectorization(let part): part.vocabulary
    case .lookup(let part): part.vocabulary
    }
  }

  /// Swift holds composed and decomposed letters for equal; Keras does not.
  private static func same(_ one: String, _ other: String) -> Bool {
    one.utf8.elementsEqual(other.utf8)
  }

  /// Keras's settings in our words: no standardisation and no splitting have a name with us.
  private static func ours(_ file: GoldenFile) throws -> Settings {
    var config = file.config
    for key in ["standardize", "split"] where config[key] == .null {
      config = config.setting(key, .text("none"))
    }
    for key in ["standardize", "output_mode"] {
      if case .text(let word) = config[key] {
        config = config.setting(key, .text(word.inCamelCase))
      }
    }
    guard case .object(let settings) = config else { return config }
    return .object(
      Dictionary(uniqueKeysWithValues: settings.map { ($0.inCamelCase, $1) }))
  }

  /// The largest relative error of the case's values; strings must be the same.
  public func error(_ file: GoldenFile) throws -> Double {
    let input = file.description["input"] ?? .null
    switch self {
    case .vectorization(let part):
      return try Self.difference(part(input.texts()), try file.tensor("output"))
    case .lookup(let part) where part.invert:
      let found = try part(file.tensor("input"))
      let expected = try file.description.value("output").texts()
      return found.elementsEqual(expected, by: Self.same) ? 0 : .infinity
    case .lookup(let part):
      let found = try input.rows().map { try part($0) } ?? part(input.texts())
      return try Self.difference(found, try file.tensor("output"))
    }
  }

  private static func difference(_ found: HostTensor, _ expected: HostTensor) throws -> Double {
    guard found.dtype.isFloating == expected.dtype.isFloating else {
      throw GoldenError("the output is \(found.dtype), not \(expected.dtype)")
    }
    return try relativeError(found, expected)
  }

  /// Whether the part is the same, and gives the same, after it was written and read.
  public func isSaved(_ file: GoldenFile) throws -> Bool {
    func read<Part: Codable & Equatable>(_ part: Part) throws -> (Part, isSame: Bool) {
      let read = try JSONDecoder().decode(Part.self, from: JSONEncoder().encode(part))
      return (read, read == part)
    }
    switch self {
    case .vectorization(let part):
      let (copy, isSame) = try read(part)
      return try isSame && Self.vectorization(copy).error(file) == error(file)
    case .lookup(let part):
      let (copy, isSame) = try read(part)
      return try isSame && Self.lookup(copy).error(file) == error(file)
    }
  }
}

extension Settings {
  fileprivate func texts() throws -> [String] { try list().map { try $0.text() } }

  /// Lists of strings, or nil for a list of strings.
  fileprivate func rows() throws -> [[String]]? {
    guard case .list = try list().first else { return nil }
    return try list().map { try $0.texts() }
  }
}
