internal import CLAPACK

/// Products of matrices in either element type. All are row-major.
extension RecordScalar {
  /// `A·B`, or `Aᵀ·B`, for `b` of `[inner, columns]` and a result of `[rows, columns]`.
  static func product(
    _ a: UnsafePointer<Self>, transposed: Bool = false, _ b: UnsafePointer<Self>,
    into result: UnsafeMutablePointer<Self>, rows: Int, inner: Int, columns: Int
  ) {
    let transpose = transposed ? CblasTrans : CblasNoTrans
    let width = Int32(transposed ? rows : inner)
    let (rows, inner, columns) = (Int32(rows), Int32(inner), Int32(columns))
    if isDouble {
      cblas_dgemm(
        CblasRowMajor, transpose, CblasNoTrans, rows, columns, inner, 1, pointer(a), width,
        pointer(b), columns, 0, pointer(result), columns)
    } else {
      cblas_sgemm(
        CblasRowMajor, transpose, CblasNoTrans, rows, columns, inner, 1, pointer(a), width,
        pointer(b), columns, 0, pointer(result), columns)
    }
  }

  /// The upper half of `Aᵀ·A`, or of `A·Aᵀ`, for `a` of `[rows, columns]`.
  static func gram(
    _ a: UnsafePointer<Self>, ofRows: Bool = false, into result: UnsafeMutablePointer<Self>,
    rows: Int, columns: Int
  ) {
    let transpose = ofRows ? CblasNoTrans : CblasTrans
    let (size, inner) = (Int32(ofRows ? rows : columns), Int32(ofRows ? columns : rows))
    if isDouble {
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, transpose, size, inner, 1, pointer(a), Int32(columns), 0,
        pointer(result), size)
    } else {
      cblas_ssyrk(
        CblasRowMajor, CblasUpper, transpose, size, inner, 1, pointer(a), Int32(columns), 0,
        pointer(result), size)
    }
  }

  /// A pointer to elements that are known to be of type `T`.
  private static func pointer<T>(_ pointer: UnsafePointer<Self>) -> UnsafePointer<T> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: T.self)
  }

  private static func pointer<T>(_ pointer: UnsafeMutablePointer<Self>) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: T.self)
  }
}
