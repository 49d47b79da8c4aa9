/// Sizes and element distances of a batched matrix product `[batch, m, k] · [batch, k, n]`.
struct MatrixShape: Hashable {
  /// A matrix operand: distances between batches, rows and columns.
  struct Strides: Hashable {
    var batch, row, column: Int

    var distances: [Int64] { [Int64(batch), Int64(row), Int64(column)] }
  }

  var batch, m, k, n: Int
  var left, right: Strides
}
