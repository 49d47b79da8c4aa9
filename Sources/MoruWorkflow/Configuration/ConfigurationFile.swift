internal import Foundation
internal import MoruArchive
internal import Yams

/// The text of a YAML file with the line and column of everything in it, so that errors found when
/// it is read, or much later, can say where they come from.
public struct ConfigurationFile: Sendable {
  /// Where a value stands, and where the key before it; lines and columns count from 1.
  private struct Place: Sendable {
    var key: Mark?
    var value: Mark?
  }

  /// A configuration is written by hand; nothing near this size is one.
  private static let byteLimit = 1 << 20
  /// More values than this come from references that repeat each other.
  private static let valueLimit = 100_000

  /// The path as it was given.
  public let path: String
  private let places: [String: Place]
  private let text: String

  /// Reads a YAML file and notes where everything is.
  ///
  /// - Throws: `WorkflowError.configuration` naming the file and, for bad syntax, line and column.
  public init(path: String) throws(WorkflowError) {
    let bytes: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      bytes = try handle.read(upToCount: Self.byteLimit + 1) ?? Data()
    } catch {
      throw .configuration(
        place: path, reason: "cannot be read: \(Self.reason(of: error)). Check the path.")
    }
    try self.init(bytes, path: path)
  }

  /// Takes the bytes of a YAML file; `path` is for messages.
  init(_ bytes: Data, path: String) throws(WorkflowError) {
    self.path = path
    guard bytes.count <= Self.byteLimit else {
      throw .configuration(
        place: path, reason: "larger than any configuration. Check that it is the right file.")
    }
    guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
      throw .configuration(place: path, reason: "this is not a UTF-8 text. Name a YAML file.")
    }
    self.text = text
    let root = try Self.node(of: text, path: path)
    var places: [String: Place] = [:]
    var budget = Self.valueLimit
    Self.note(root, at: "", key: nil, into: &places, &budget)
    guard budget > 0 else {
      throw .configuration(
        place: path, reason: "holds more than \(Self.valueLimit) values. Shorten it.")
    }
    self.places = places
  }

  /// Decodes the file's content.
  ///
  /// - Throws: `WorkflowError.configuration` with line and column.
  func decode<T: Decodable>(
    _ type: T.Type, userInfo: [CodingUserInfoKey: any Sendable]
  ) throws -> T {
    let node = try Self.node(of: text, path: path)
    return try located { try YAMLDecoder().decode(type, from: node, userInfo: userInfo) }
  }

  /// Runs `body` and says of errors that carry a place in the file's structure at which line and
  /// column that is.
  ///
  /// - Throws: `WorkflowError.configuration` for such an error, any other as it is.
  public func located<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as PlacedError {
      throw WorkflowError.configuration(
        place: place(of: error.path, atKey: error.isAboutKey), reason: "\(error.underlying)")
    } catch let error as DecodingError {
      throw WorkflowError.configuration(place: place(of: error.path), reason: error.reason)
    }
  }

  /// Whether something stands at a path of keys.
  func contains(_ keys: [any CodingKey]) -> Bool {
    places[PlacedError(NoError(), at: keys).place] != nil
  }

  /// `digits.yaml:12:9`: where the value at a path of keys stands, or the nearest thing around it.
  private func place(of keys: [any CodingKey], atKey: Bool = false) -> String {
    var keys = keys
    while true {
      let place = places[PlacedError(NoError(), at: keys).place]
      if let mark = atKey ? place?.key ?? place?.value : place?.value {
        return "\(path):\(mark.line):\(mark.column)"
      }
      if keys.isEmpty { return path }
      keys.removeLast()
    }
  }

  private static func node(of text: String, path: String) throws(WorkflowError) -> Node {
    do {
      // Only merge keys are resolved: what a word means, the type decides that is decoded.
      let parser = try Parser(yaml: text, resolver: .basic.appending(.merge))
      guard let node = try parser.singleRoot() else {
        throw WorkflowError.configuration(
          place: path, reason: "the file is empty. See docs/configuration.md for what it takes.")
      }
      return node
    } catch let error as WorkflowError {
      throw error
    } catch let error as YamlError {
      throw error.located(in: path)
    } catch {
      throw .configuration(place: path, reason: "cannot be read as YAML: \(error)")
    }
  }

  private static func note(
    _ node: Node, at path: String, key: Mark?, into places: inout [String: Place],
    _ budget: inout Int
  ) {
    budget -= 1
    guard budget > 0 else { return }
    places[path] = Place(key: key, value: node.mark)
    switch node {
    case .mapping(let mapping):
      for (name, value) in mapping {
        let name = (text: name.string ?? "", mark: name.mark)
        note(
          value, at: path + (path.isEmpty ? "" : ".") + name.text, key: name.mark, into: &places,
          &budget)
      }
    case .sequence(let sequence):
      for (index, value) in sequence.enumerated() {
        note(value, at: path + "[\(index)]", key: nil, into: &places, &budget)
      }
    case .scalar, .alias: break
    }
  }

  private static func reason(of error: any Error) -> String {
    let error = error as NSError
    if let posix = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      posix.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(posix.code))).lowercased()
    }
    return error.code == CocoaError.Code.fileReadNoSuchFile.rawValue
      || error.code == CocoaError.Code.fileNoSuchFile.rawValue
      ? "no such file or directory" : "it cannot be opened"
  }
}

private struct NoError: Error {}

extension PlacedError {
  /// Whether the name of a setting is wrong, not its value.
  fileprivate var isAboutKey: Bool {
    if case .unknownKey? = underlying as? ConfigurationError { true } else { false }
  }
}

extension DecodingError {
  fileprivate var path: [any CodingKey] {
    switch self {
    case .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath
    @unknown default: []
    }
  }

  fileprivate var reason: String {
    let place = PlacedError(NoError(), at: path).place
    let subject = place.isEmpty ? "the file" : place
    switch self {
    case .keyNotFound(let key, _):
      return (place.isEmpty ? "" : "\(place): ") + "\"\(key.stringValue)\" is missing. Add it."
    case .typeMismatch(let type, _): return "\(subject) must be \(words(for: type))."
    case .valueNotFound: return "\(subject) has no value. Add it."
    case .dataCorrupted(let context): return "\(subject): \(context.debugDescription)."
    @unknown default: return "\(subject) cannot be understood."
    }
  }

  private func words(for type: Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is UInt64.Type: "a whole number of at least 0"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is Node.Mapping.Type: "settings, as in \"key: value\""
    case is Node.Sequence.Type: "a list"
    case is String.Type, is Node.Scalar.Type: "a single word or number"
    default: "of another kind (\(type))"
    }
  }
}

extension YamlError {
  fileprivate func located(in path: String) -> WorkflowError {
    func error(_ problem: String, _ mark: Mark?) -> WorkflowError {
      .configuration(
        place: mark.map { "\(path):\($0.line):\($0.column)" } ?? path,
        reason: "this is not YAML: \(problem). Correct the line.")
    }
    return switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      error(problem, mark)
    case .duplicatedKeysInMapping(let duplicates, let context):
      .configuration(
        place: "\(path):\(context.mark.line):\(context.mark.column)",
        reason: "the key \(duplicates.map { "\"\($0)\"" }.joined(separator: ", ")) occurs more "
          + "than once. Keep one.")
    case .reader(let problem, _, _, _): error(problem, nil)
    default: error("\(self)", nil)
    }
  }
}
