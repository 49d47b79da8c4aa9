/// Sizes and element distances of a batched matrix product `[batch, m, k] · [batch, k, n]`.
struct MatrixShape: Hashable {
  /// A matrix operand: distances between batches, rows and columns.
  struct Strides: Hashable { var batch, row, column: Int }

  var batch, m, k, n: Int
  var left, right: Strides
}

/// Matrix products of any element type.
enum DotKernels {
  static func multiply<T: KernelElement>(
    _ shape: MatrixShape, _ left: UnsafePointer<T>, _ right: UnsafePointer<T>,
    into result: UnsafeMutablePointer<T>
  ) {
    for batch in 0..<shape.batch {
      for row in 0..<shape.m {
        let target = result + (batch * shape.m + row) * shape.n
        target.update(repeating: T.zero, count: shape.n)
        for inner in 0..<shape.k {
          let factor = left[
            batch * shape.left.batch + row * shape.left.row + inner * shape.left.column]
          let values = right + batch * shape.right.batch + inner * shape.right.row
          let stride = shape.right.column
          if stride == 1 {
            for column in 0..<shape.n {
              target[column] = T.sum(target[column], T.product(factor, values[column]))
            }
          } else {
            for column in 0..<shape.n {
              target[column] = T.sum(target[column], T.product(factor, values[column * stride]))
            }
          }
        }
      }
    }
  }
}
