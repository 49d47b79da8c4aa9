internal import CLAPACK

/// Decompositions of dense matrices. All are row-major.
extension LinearAlgebra {
  /// The greatest eigenvalues, the greatest first, and their eigenvectors as rows, of a symmetric
  /// `[size, size]` matrix of which the upper half is read; nil if LAPACK finds none.
  package static func leadingEigen(
    _ a: [Double], size: Int, count: Int
  ) -> (values: [Double], vectors: [Double])? {
    var matrix = a
    var found: Int32 = 0
    var values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: size * count)
    var support = [Int32](repeating: 0, count: 2 * size)
    // The upper half by rows is the lower half by columns, and a row of results is LAPACK's column.
    let status = LAPACKE_dsyevr(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "I")),
      CChar(UInt8(ascii: "L")), Int32(size), &matrix, Int32(size), 0, 0,
      Int32(size - count + 1), Int32(size), 0, &found, &values, &vectors, Int32(size), &support)
    guard status == 0, Int(found) == count else { return nil }
    let order = (0..<count).reversed()
    return (
      order.map { values[$0] }, order.flatMap { vectors[$0 * size..<($0 + 1) * size] }
    )
  }

  /// The singular values of a `[rows, columns]` matrix, the greatest first, and the right singular
  /// vectors as rows, as many as the shorter side; nil if LAPACK finds none.
  package static func rightSingular(
    _ a: [Double], rows: Int, columns: Int
  ) -> (values: [Double], vectors: [Double])? {
    let least = min(rows, columns)
    var matrix = a
    var values = [Double](repeating: 0, count: least)
    var left = [Double](repeating: 0, count: rows * least)
    var right = [Double](repeating: 0, count: least * columns)
    // By columns it is the transposed matrix, whose left singular vectors are these.
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "S")), Int32(columns), Int32(rows), &matrix,
      Int32(columns), &values, &right, Int32(columns), &left, Int32(least))
    return status == 0 ? (values, right) : nil
  }

  /// Orthonormal columns that span those of a `[rows, columns]` matrix, `rows ≥ columns`; nil if LAPACK
  /// refuses.
  package static func orthonormalColumns(
    _ a: [Double], rows: Int, columns: Int
  ) -> [Double]? {
    var matrix = a
    var scales = [Double](repeating: 0, count: columns)
    guard
      LAPACKE_dgeqrf(
        LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), &matrix, Int32(columns), &scales) == 0,
      LAPACKE_dorgqr(
        LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), Int32(columns), &matrix, Int32(columns),
        &scales) == 0
    else { return nil }
    return matrix
  }

  /// An upper triangular `P` with `P·Pᵀ` the inverse of a symmetric positive definite `[size, size]`
  /// matrix; nil if it is not one.
  package static func inverseRoot(_ a: [Double], size: Int) -> [Double]? {
    var root = a
    guard
      LAPACKE_dpotrf(
        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(size), &root, Int32(size)) == 0,
      LAPACKE_dtrtri(
        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), CChar(UInt8(ascii: "N")), Int32(size), &root,
        Int32(size)) == 0
    else { return nil }
    // (L·Lᵀ)⁻¹ = L⁻ᵀ·L⁻¹
    var transposed = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row { transposed[column * size + row] = root[row * size + column] }
    }
    return transposed
  }
}
