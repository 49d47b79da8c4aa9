/// The settings of one part in a file: defaults for what is left out, errors for what is unknown.
///
/// Every configuration decodes through this, so that a misspelt key is never ignored and a file
/// that was written before a setting existed still loads.
public struct Fields<Key: CodingKey & CaseIterable> {
  private let container: KeyedDecodingContainer<Key>
  private let part: String

  /// Opens the object that `decoder` stands at.
  ///
  /// - Parameters:
  ///   - decoder: Where the settings are.
  ///   - keys: Every key that the part has.
  ///   - part: The part's name for messages.
  ///   - among: The keys that the part has, if not all.
  ///   - others: Keys in the same object that somebody else reads.
  /// - Throws: `ConfigurationError.unknownKey` with the keys that are known.
  public init(
    _ decoder: any Decoder, _ keys: Key.Type, part: String, among: [Key]? = nil,
    besides others: [String] = []
  ) throws {
    let known = (among ?? Array(Key.allCases)).map(\.stringValue) + others
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys {
      let name = key.stringValue
      guard known.contains(name) || name == "kind" else {
        throw PlacedError(
          ConfigurationError.unknownKey(name, in: part, among: known),
          at: decoder.codingPath + [key])
      }
    }
    self.init(try decoder.container(keyedBy: keys), part: part)
  }

  /// Opens an object whose keys somebody else has checked.
  public init(_ container: KeyedDecodingContainer<Key>, part: String) {
    self.container = container
    self.part = part
  }

  /// A setting that must be there.
  public func required<T: Decodable>(_ key: Key) throws -> T {
    try container.decode(T.self, forKey: key)
  }

  /// A setting that may be left out.
  public func value<T: Decodable>(_ key: Key, default standard: T) throws -> T {
    try container.decodeIfPresent(T.self, forKey: key) ?? standard
  }

  /// A setting that may be left out.
  public func optional<T: Decodable>(_ key: Key) throws -> T? {
    try container.decodeIfPresent(T.self, forKey: key)
  }

  /// A whole number that must be there and be at least 1.
  public func positive(_ key: Key) throws -> Int {
    try checkedPositive(try required(key), key)
  }

  /// A whole number of at least 1 that may be left out.
  public func positive(_ key: Key, default standard: Int) throws -> Int {
    try checkedPositive(try value(key, default: standard), key)
  }

  /// A whole number of at least 1, or nothing.
  public func optionalPositive(_ key: Key) throws -> Int? {
    try optional(key).map { try checkedPositive($0, key) }
  }

  /// A number within a range that may be left out.
  public func number(
    _ key: Key, default standard: Double, in range: ClosedRange<Double>
  ) throws -> Double {
    let number: Double = try value(key, default: standard)
    guard range.contains(number) else {
      throw outOfRange(key, "between \(range.lowerBound) and \(range.upperBound), not \(number)")
    }
    return number
  }

  /// A probability of dropping something, at least 0 and below 1; 0 if it is left out.
  public func rate(_ key: Key) throws -> Double {
    let rate: Double = try value(key, default: 0)
    guard (0..<1).contains(rate) else {
      throw outOfRange(key, "at least 0 and below 1, not \(rate)")
    }
    return rate
  }

  /// A probability of dropping something that must be there, at least 0 and below 1.
  public func requiredRate(_ key: Key) throws -> Double {
    let _: Double = try required(key)
    return try rate(key)
  }

  /// The error that a setting is out of range.
  public func outOfRange(_ key: Key, _ allowed: String) -> PlacedError {
    PlacedError(
      ConfigurationError.outOfRange(key.stringValue, in: part, allowed: allowed),
      at: container.codingPath + [key])
  }

  private func checkedPositive(_ number: Int, _ key: Key) throws -> Int {
    guard number >= 1 else { throw outOfRange(key, "a whole number of at least 1, not \(number)") }
    return number
  }
}

/// An error with its place in a file's structure, from which readers work out line and column.
public struct PlacedError: Error, CustomStringConvertible {
  /// What is wrong.
  public let underlying: any Error & Sendable
  /// Keys and indices from the file's root, as in `model.layers[2].unts`.
  public let path: [any CodingKey]

  /// An error at a place.
  public init(_ underlying: any Error & Sendable, at path: [any CodingKey]) {
    self.underlying = underlying
    self.path = path
  }

  /// The place in the usual notation: `model.layers[2].unts`.
  public var place: String {
    path.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  public var description: String { "\(place): \(underlying)" }
}

/// A key by any name, for containers whose keys are not known beforehand.
public struct AnyKey: CodingKey {
  public let stringValue: String
  public let intValue: Int?

  public init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  public init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }
}

/// The key beside a part's settings that says which part it is.
public let kindKey = AnyKey(stringValue: "kind")

/// The keys of a part without settings.
public enum NoKeys: CodingKey, CaseIterable {
  public init?(stringValue: String) { nil }
  public init?(intValue: Int) { nil }
  public var stringValue: String { "" }
  public var intValue: Int? { nil }
}

extension Decoder {
  /// The kind that a part's file names: the whole value if it is a word, else the key `kind`.
  public func kind() throws -> (name: String, hasSettings: Bool) {
    if let name = try? singleValueContainer().decode(String.self) { return (name, false) }
    return (try container(keyedBy: AnyKey.self).decode(String.self, forKey: kindKey), true)
  }
}
