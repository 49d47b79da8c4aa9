import MoruTensors

extension Graph: CustomStringConvertible {
  /// The graph as text, one node on a line and below it the body that it repeats, values
  /// numbered as in the graph.
  public var description: String { text(named: "graph").joined(separator: "\n") }

  private func text(named name: String) -> [String] {
    func list(_ values: [Value], _ mark: String = "") -> String {
      values.map { "%\($0): \(types[$0])\(mark)" }.joined(separator: ", ")
    }
    let signature = [list(inputs), list(resident, " resident")].filter { !$0.isEmpty }
    var lines = ["\(name)(\(signature.joined(separator: ", "))) {"]
    for node in nodes {
      let rule = node.primitive.rule
      let made = node.results.map { "%\($0)" }.joined(separator: ", ")
      let operands = node.operands.map { " %\($0)" }.joined(separator: ",")
      let attributes = rule.attributes.isEmpty ? "" : " {\(rule.attributes)}"
      let makes = node.results.map { types[$0].description }.joined(separator: ", ")
      lines.append("  \(made) = \(rule.name)\(operands)\(attributes) : \(makes)")
      lines += rule.bodies.flatMap { $0.text(named: "body") }.map { "    " + $0 }
    }
    lines.append("  return " + results.map { "%\($0)" }.joined(separator: ", "))
    for update in updates {
      lines.append("  update %\(resident[update.resident]) <- %\(update.value)")
    }
    return lines + ["}"]
  }
}
