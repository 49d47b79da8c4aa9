import Foundation

/// A value of a configuration, Keras's or ours: JSON.
enum KerasValue: Codable, Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([KerasValue])
  case object([String: KerasValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([KerasValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: KerasValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Reads JSON.
  init(json: Data, file: String) throws {
    do {
      self = try JSONDecoder().decode(KerasValue.self, from: json)
    } catch {
      throw InteropError.unreadable(file: file, reason: "its description is not JSON")
    }
  }

  /// The value as JSON, always the same bytes.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  subscript(_ key: String) -> KerasValue? {
    get { object?[key] }
    set {
      var changed = object ?? [:]
      changed[key] = newValue
      self = .object(changed)
    }
  }

  var object: [String: KerasValue]? { if case .object(let value) = self { value } else { nil } }
  var list: [KerasValue]? { if case .list(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A whole number, which Keras also writes as 3.0.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value itself, unless it is null.
  var known: KerasValue? { self == .null ? nil : self }

  /// A list as it is, anything else as a list of one.
  var asList: [KerasValue] { list ?? [self] }

  /// In a few words, for messages.
  var words: String {
    let text = (try? json()).map { String(decoding: $0, as: UTF8.self) } ?? "?"
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}

extension String {
  /// `num_heads` → `numHeads`
  var inCamelCase: String {
    let words = split(separator: "_")
    guard let first = words.first else { return self }
    return words.dropFirst().reduce(String(first)) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }

  /// `numHeads` → `num_heads`, by Keras's own rule: `Conv2DTranspose` → `conv2d_transpose`.
  var inSnakeCase: String {
    let characters = Array(self)
    var result = ""
    for (place, character) in characters.enumerated() {
      let neighbours = characters[Swift.max(place - 1, 0)..<Swift.min(place + 2, characters.count)]
      if place > 0, character.isUppercase, neighbours.contains(where: \.isLowercase) {
        result += "_"
      }
      result += character.lowercased()
    }
    return result
  }

  /// `MaxNorm` → `maxNorm`; words of capitals alone are lowered whole: `L1L2` → `l1l2`.
  var startingSmall: String {
    contains(where: \.isLowercase) ? prefix(1).lowercased() + dropFirst() : lowercased()
  }

  /// `maxNorm` → `MaxNorm`
  var startingLarge: String { prefix(1).uppercased() + dropFirst() }
}
