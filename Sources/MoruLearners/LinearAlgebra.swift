internal import CLAPACK

/// Products and factorisations of dense matrices by BLAS and LAPACK. All are row-major.
package enum LinearAlgebra {
  /// `A·B` for `a` of `[rows, inner]` and `b` of `[inner, columns]`.
  package static func product(
    _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int
  ) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    guard rows > 0, inner > 0, columns > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1,
      a, Int32(inner), b, Int32(columns), 0, &result, Int32(columns))
    return result
  }

  /// `Aᵀ·A` for `a` of `[rows, columns]`, both halves filled.
  package static func gram(_ a: [Double], rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: columns * columns)
    guard rows > 0, columns > 0 else { return result }
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, Int32(columns), Int32(rows), 1, a,
      Int32(columns),
      0, &result, Int32(columns))
    for row in 0..<columns {
      for column in 0..<row { result[row * columns + column] = result[column * columns + row] }
    }
    return result
  }

  /// Eigenvalues, ascending, and the matching eigenvectors as columns of a symmetric `[size, size]`
  /// matrix; nil if LAPACK finds none.
  package static func symmetricEigen(
    _ a: [Double], size: Int
  ) -> (values: [Double], vectors: [Double])? {
    var vectors = a
    var values = [Double](repeating: 0, count: size)
    let status = LAPACKE_dsyevd(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")), Int32(size),
      &vectors, Int32(size), &values)
    return status == 0 ? (values, vectors) : nil
  }

  /// `X` with `A·X = B` for a symmetric positive definite `a` of `[size, size]` and `b` of
  /// `[size, columns]`; nil if `a` is not.
  package static func solvePositiveDefinite(
    _ a: [Double], _ b: [Double], size: Int, columns: Int
  ) -> [Double]? {
    var factor = a
    var solution = b
    let status = LAPACKE_dposv(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "U")), Int32(size), Int32(columns), &factor,
      Int32(size), &solution, Int32(columns))
    return status == 0 ? solution : nil
  }
}
