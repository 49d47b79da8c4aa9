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
    return try serialize(node: node.readable(shared: uses.filter { $0.value > 1 }))
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
}
