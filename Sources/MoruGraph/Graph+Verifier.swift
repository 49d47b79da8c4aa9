import MoruTensors

extension Graph {
  /// Checks that every value is made once and before it is read, and that every type is the one
  /// that its primitive gives.
  ///
  /// - Throws: `GraphError.malformed`. Graphs drawn by tensors always pass; transforms call this.
  public func verify() throws(GraphError) {
    var isMade = [Bool](repeating: false, count: types.count)
    func make(_ value: Value, _ maker: String) throws(GraphError) {
      guard types.indices.contains(value), !isMade[value] else {
        throw .malformed("\(maker) makes value %\(value), which is made twice or unknown")
      }
      isMade[value] = true
    }
    func read(_ value: Value, _ reader: String) throws(GraphError) {
      guard types.indices.contains(value), isMade[value] else {
        throw .malformed("\(reader) reads value %\(value), which is not made before")
      }
    }
    for value in inputs + resident { try make(value, "the signature") }
    for node in nodes {
      let name = node.primitive.rule.name
      for operand in node.operands { try read(operand, name) }
      for result in node.results { try make(result, name) }
      for body in node.primitive.rule.bodies {
        guard body.resident.isEmpty, body.updates.isEmpty else {
          throw .malformed("the body of \(name) keeps values between runs")
        }
        try body.verify()
      }
      do {
        let inferred = try node.primitive.rule.infer(node.operands.map { types[$0] })
        guard inferred == node.results.map({ types[$0] }) else {
          throw Mismatch("it gives \(inferred), not \(node.results.map { types[$0] })", "")
        }
      } catch let error as Mismatch {
        throw .malformed("\(name): \(error.reason)")
      } catch {
        throw .malformed("\(name): \(error)")
      }
    }
    for result in results { try read(result, "the signature") }
    for update in updates {
      try read(update.value, "an update")
      guard resident.indices.contains(update.resident),
        types[resident[update.resident]] == types[update.value]
      else { throw .malformed("an update changes the type of resident value \(update.resident)") }
    }
    guard Set(updates.map(\.resident)).count == updates.count else {
      throw .malformed("a resident value is updated twice")
    }
  }
}
