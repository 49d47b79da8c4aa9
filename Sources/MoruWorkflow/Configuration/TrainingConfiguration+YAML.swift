internal import MoruLayers
internal import Yams

extension TrainingConfiguration {
  /// The configuration as YAML that reads back the same, with every default spelt out.
  ///
  /// - Throws: `YamlError` if a value cannot be written, which no decoded one causes.
  public func yaml() throws -> String {
    let raw = try YAMLEncoder().encode(self, userInfo: LayerCatalog.standard.userInfo)
    guard let node = try compose(yaml: raw, .basic) else { return raw }
    var uses: [String: Int] = [:]
    Self.countIdentities(in: node, &uses)
    return try serialize(node: Self.readable(node, shared: uses.filter { $0.value > 1 }))
  }

  private static func countIdentities(in node: Node, _ uses: inout [String: Int]) {
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        if key.string == "id", let id = value.string { uses[id, default: 0] += 1 }
        countIdentities(in: value, &uses)
      }
    case .sequence(let sequence): sequence.forEach { countIdentities(in: $0, &uses) }
    case .scalar, .alias: break
    }
  }

  /// The node as a person would write it: identities only of layers that share weights, short lists
  /// on one line, and numbers in their shortest form.
  private static func readable(_ node: Node, shared: [String: Int]) -> Node {
    switch node {
    case .mapping(let mapping):
      let pairs = mapping.filter { key, value in
        key.string != "id" || shared[value.string ?? ""] != nil
      }
      return .mapping(
        Node.Mapping(pairs.map { ($0.key, readable($0.value, shared: shared)) }))
    case .sequence(let sequence):
      let isPlain = sequence.allSatisfy { $0.scalar != nil }
      return .sequence(
        Node.Sequence(
          sequence.map { readable($0, shared: shared) }, .implicit, isPlain ? .flow : .any))
    case .scalar(var scalar):
      if scalar.style == .plain, scalar.string.contains("e"), let number = Double(scalar.string) {
        scalar.string =
          number.rounded() == number && abs(number) < 1e9
          ? "\(Int(number))" : "\(number)"
      }
      return .scalar(scalar)
    case .alias: return node
    }
  }
}
