package import MoruGraph

extension Graph {
  /// The graph with transposed matrix products computed in the transposed order: `(a · b)ᵀ` becomes
  /// `bᵀ · aᵀ`, which moves no data afterwards. Gradients of weights have this form.
  package func foldingTransposedProducts() -> Graph {
    var makers: [Value: Node] = [:]
    let folded = nodes.map { node in
      for result in node.results { makers[result] = node }
      guard case .transpose(let transpose) = node.primitive,
        let product = makers[node.operands[0]], case .dot(let rule) = product.primitive
      else { return node }
      let (left, right) = (types[product.operands[0]], types[product.operands[1]])
      let batch = rule.leftBatch.count
      let rows = rule.leftFree(rank: left.rank).count
      let columns = rule.rightFree(rank: right.rank).count
      let swapped =
        Array(0..<batch) + Array(batch + rows..<batch + rows + columns)
        + Array(batch..<batch + rows)
      guard transpose.permutation == swapped else { return node }
      let mirrored = DotGeneral(
        leftBatch: rule.rightBatch, rightBatch: rule.leftBatch,
        leftContracting: rule.rightContracting, rightContracting: rule.leftContracting)
      return Node(
        .dot(mirrored), operands: product.operands.reversed(), results: node.results)
    }
    return Graph(
      types: types, inputs: inputs, resident: resident, nodes: folded, results: results,
      updates: updates)
  }
}
