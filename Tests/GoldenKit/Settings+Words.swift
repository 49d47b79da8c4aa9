import Foundation

extension Settings {
  /// A description in our words, as it would stand in a file of ours: the kind beside its settings, in
  /// camel case.
  ///
  /// - Parameters:
  ///   - names: Where our word is another: by `key`, or by `Class.key` for one class alone. What has
  ///     the empty word is left out.
  ///   - kind: Our kind of a class.
  func inOurWords(
    _ names: [String: String], kind: (String) -> String = { $0 }
  ) throws -> Settings {
    let className = try value("class_name").text()
    var ours: [String: Settings] = ["kind": .text(kind(className))]
    guard case .object(let config)? = self["config"] else { return .object(ours) }
    for (key, value) in config where value != .null {
      let name = names["\(className).\(key)"] ?? names[key] ?? key.inCamelCase
      guard name != "" else { continue }
      ours[name] = try value.inOurWords(names, kind, of: name)
    }
    return .object(ours)
  }

  private func inOurWords(
    _ names: [String: String], _ kind: (String) -> String, of name: String
  ) throws -> Settings {
    switch self {
    case .object where self["class_name"] != nil: try inOurWords(names, kind: kind)
    case .text(let text): .text(names[text] ?? text.inCamelCase)
    case .list(let list): .list(try list.map { try $0.inOurWords(names, kind, of: "") })
    case .number where name == "axes": .list([self])
    default: self
    }
  }
}

extension String {
  /// `num_heads` → `numHeads`
  var inCamelCase: String {
    let words = split(separator: "_")
    guard let first = words.first else { return self }
    return words.dropFirst().reduce(String(first)) { $0 + $1.capitalized }
  }

  /// `MeanSquaredError` → `meanSquaredError`
  var startingSmall: String { prefix(1).lowercased() + dropFirst() }
}
