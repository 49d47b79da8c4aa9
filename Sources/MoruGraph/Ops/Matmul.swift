import MoruTensors

/// The matrix product over the last axis of `x` and the last but one of `y`.
///
/// - Shapes: `([…, m, k], [k, n]) → […, m, n]`; `([b…, m, k], [b…, k, n]) → [b…, m, n]`.
public func matmul(_ x: Tensor, _ y: Tensor) -> Tensor {
  if let failed = [x, y].first(where: { $0.error != nil }) { return failed }
  guard x.rank >= 1, y.rank >= 2, y.rank == 2 || y.rank == x.rank else {
    return .failure(
      "matmul", [x, y],
      Mismatch(
        "it takes matrices, or stacks of matrices of equal rank",
        "Reshape to […, m, k] and [k, n]."))
  }
  guard x.shape[x.rank - 1] == y.shape[y.rank - 2] else {
    return .failure(
      "matmul", [x, y],
      Mismatch(
        "the inner sizes \(x.shape[x.rank - 1]) and \(y.shape[y.rank - 2]) differ",
        "Make the inner sizes equal."))
  }
  let batch = y.rank == 2 ? [] : Array(0..<y.rank - 2)
  let rule = DotGeneral(
    leftBatch: batch, rightBatch: batch, leftContracting: [x.rank - 1],
    rightContracting: [y.rank - 2])
  return .apply(.dot(rule), x, y)
}
