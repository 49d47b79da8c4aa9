internal import CLAPACK

/// Products and factorisations of dense matrices by BLAS and LAPACK. All are row-major.
package enum LinearAlgebra {
  /// `A·B` for `a` of `[rows, inner]` and `b` of `[inner, columns]`.
  package static func product(
    _ a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int
  ) -> [Double] {
    product(a, (CblasNoTrans, inner), b, (CblasNoTrans, columns), rows, inner, columns)
  }

  /// `A·Bᵀ` for `a` of `[rows, inner]` and `b` of `[columns, inner]`.
  package static func product(
    _ a: [Double], transposed b: [Double], rows: Int, inner: Int, columns: Int
  ) -> [Double] {
    product(a, (CblasNoTrans, inner), b, (CblasTrans, inner), rows, inner, columns)
  }

  /// `Aᵀ·B` for `a` of `[inner, rows]` and `b` of `[inner, columns]`.
  package static func product(
    transposed a: [Double], _ b: [Double], rows: Int, inner: Int, columns: Int
  ) -> [Double] {
    product(a, (CblasTrans, rows), b, (CblasNoTrans, columns), rows, inner, columns)
  }

  /// The product of `[rows, inner]` and `[inner, columns]`, each perhaps stored transposed, with the
  /// number of columns that it is stored with.
  private static func product(
    _ a: [Double], _ aForm: (CBLAS_TRANSPOSE, Int), _ b: [Double], _ bForm: (CBLAS_TRANSPOSE, Int),
    _ rows: Int, _ inner: Int, _ columns: Int
  ) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    guard rows > 0, inner > 0, columns > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, aForm.0, bForm.0, Int32(rows), Int32(columns), Int32(inner), 1, a,
      Int32(aForm.1), b, Int32(bForm.1), 0, &result, Int32(columns))
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
