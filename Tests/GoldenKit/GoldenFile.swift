import Foundation
import MoruArchive
public import MoruTensors

/// One golden case: values that PyTorch and Keras agreed on; `Tests/Golden/README.md` says more.
public struct GoldenFile: Sendable {
  /// The file's name without its ending.
  public let name: String
  /// Keras's name of the layer, loss or optimizer.
  public let className: String
  /// Keras's settings.
  public let config: Settings
  /// What stands beside class and settings in the case's description.
  public let description: Settings
  /// Inputs and expected values by name.
  public let tensors: [String: HostTensor]

  /// Names of the files of a group, such as `layers`: one test case each.
  public static func names(in group: String) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder(group).path)
    return (files ?? []).filter { $0.hasSuffix(".safetensors") }
      .map { String($0.dropLast(".safetensors".count)) }.sorted()
  }

  /// Opens one file of a group.
  public init(_ group: String, _ name: String) throws {
    self.name = name
    let url = GoldenFile.folder(group).appending(path: name + ".safetensors")
    let file = try SafeTensors(opening: url)
    tensors = try file.tensors()
    let text = Data((file.metadata["config"] ?? "").utf8)
    description = try JSONDecoder().decode(Settings.self, from: text)
    className = try description.value("class_name").text()
    config = description["config"] ?? .object([:])
  }

  /// A tensor that every case of this kind has.
  public func tensor(_ name: String) throws -> HostTensor {
    guard let tensor = tensors[name] else { throw GoldenError("there is no tensor \(name)") }
    return tensor
  }

  /// The tensors whose names begin with `prefix`, without it: those of `param.` are the parameters.
  public func tensors(after prefix: String) -> [String: HostTensor] {
    var found: [String: HostTensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix) {
      found[String(name.dropFirst(prefix.count))] = tensor
    }
    return found
  }

  /// The golden files lie beside this one's folder; test bundles do not copy them.
  private static func folder(_ group: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/\(group)").standardizedFileURL
  }
}

/// A golden file that has no test to match, or lacks something.
public struct GoldenError: Error, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// An error with its reason.
  public init(_ description: String) { self.description = description }
}

/// Keras's settings as they stand in JSON.
public enum Settings: Codable, Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([Settings])
  case object([String: Settings])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Settings].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: Settings].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The same settings with one more.
  func setting(_ key: String, _ value: Settings?) -> Settings {
    guard case .object(var settings) = self else { return self }
    settings[key] = value
    return .object(settings)
  }

  /// A setting, or nil if there is none of that name.
  public subscript(_ key: String) -> Settings? {
    if case .object(let settings) = self { settings[key] } else { nil }
  }

  /// A setting that must be there.
  public func value(_ key: String) throws -> Settings {
    guard let value = self[key] else { throw GoldenError("there is no setting \(key)") }
    return value
  }

  /// The names of all settings.
  public var keys: Set<String> {
    if case .object(let settings) = self { Set(settings.keys) } else { [] }
  }

  public func bool() throws -> Bool {
    guard case .bool(let value) = self else { throw GoldenError("\(self) is not a Boolean") }
    return value
  }

  public func number() throws -> Double {
    guard case .number(let value) = self else { throw GoldenError("\(self) is not a number") }
    return value
  }

  public func integer() throws -> Int { Int(try number()) }

  public func text() throws -> String {
    guard case .text(let value) = self else { throw GoldenError("\(self) is not a text") }
    return value
  }

  public func list() throws -> [Settings] {
    guard case .list(let value) = self else { throw GoldenError("\(self) is not a list") }
    return value
  }
}
