internal import CKernels
internal import CLAPACK
internal import MoruTensors

/// Products of matrices in either element type. All are row-major.
///
/// Those of Float32 are the engine's, which know wider vectors than Debian's BLAS does on many a
/// machine, and come out the same for every number of processors.
extension RecordScalar {
  /// `A·B`, or `Aᵀ·B`, for `b` of `[inner, columns]` and a result of `[rows, columns]`.
  static func product(
    _ a: UnsafePointer<Self>, transposed: Bool = false, _ b: Buffer<Self>,
    into result: UnsafeMutablePointer<Self>, rows: Int, inner: Int, columns: Int
  ) {
    let width = transposed ? rows : inner
    if isDouble {
      cblas_dgemm(
        CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, Int32(rows),
        Int32(columns), Int32(inner), 1, pointer(a), Int32(width), pointer(b.start),
        Int32(columns), 0, pointer(result), Int32(columns))
    } else {
      let step = transposed ? 1 : width
      let start: UnsafePointer<Float> = pointer(a)
      let target: UnsafeMutablePointer<Float> = pointer(result)
      Parallel.forEach(parts: max(1, min(16, rows / 48)), of: rows) { _, part in
        product(
          (start + part.lowerBound * step, row: step, column: transposed ? width : 1),
          (pointer(b.start), row: columns, column: 1),
          (target + part.lowerBound * columns, row: columns), rows: part.count, inner: inner,
          columns: columns)
      }
    }
  }

  /// The upper half of `Aᵀ·A`, or of `A·Aᵀ`, for `a` of `[rows, columns]`; what is below is undefined.
  static func gram(
    _ a: Buffer<Self>, ofRows: Bool = false, into result: UnsafeMutablePointer<Self>,
    rows: Int, columns: Int
  ) {
    let (size, inner) = ofRows ? (rows, columns) : (columns, rows)
    if isDouble {
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, ofRows ? CblasNoTrans : CblasTrans, Int32(size), Int32(inner),
        1, pointer(a.start), Int32(columns), 0, pointer(result), Int32(size))
      return
    }
    // In strips of rows, each from the diagonal on.
    let step = ofRows ? columns : 1
    let start: UnsafePointer<Float> = pointer(a.start)
    let target: UnsafeMutablePointer<Float> = pointer(result)
    Parallel.forEach(parts: min(8, (size + 95) / 96), of: size) { _, strip in
      let from = start + strip.lowerBound * step
      product(
        (from, row: step, column: ofRows ? 1 : columns),
        (from, row: ofRows ? 1 : columns, column: step),
        (target + strip.lowerBound * (size + 1), row: size),
        rows: strip.count, inner: inner, columns: size - strip.lowerBound)
    }
  }

  /// A product of matrices whose neighbours along rows and columns lie so far apart.
  private static func product(
    _ left: (UnsafePointer<Float>, row: Int, column: Int),
    _ right: (UnsafePointer<Float>, row: Int, column: Int),
    _ result: (UnsafeMutablePointer<Float>, row: Int), rows: Int, inner: Int, columns: Int
  ) {
    func strides(_ row: Int, _ column: Int) -> ck_strides {
      ck_strides(outer: 0, inner: 0, row: Int64(row), column: Int64(column))
    }
    var product = ck_product(
      outer: 1, inner: 1, m: Int64(rows), k: Int64(inner), n: Int64(columns),
      left: strides(left.row, left.column), right: strides(right.row, right.column),
      result: strides(result.row, 1), is_clipped: false, low: 0, high: 0)
    // On one thread: the engine's team and the threads of `Parallel` would wait for each other.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(CK_PANEL_ELEMENTS)) { panels in
      ck_product_f32(&product, result.0, left.0, right.0, nil, panels.baseAddress, 1)
    }
  }

  /// A pointer to elements that are known to be of type `T`.
  private static func pointer<T>(_ pointer: UnsafePointer<Self>) -> UnsafePointer<T> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: T.self)
  }

  private static func pointer<T>(_ pointer: UnsafeMutablePointer<Self>) -> UnsafePointer<T> {
    UnsafePointer(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: T.self))
  }

  private static func pointer<T>(_ pointer: UnsafeMutablePointer<Self>) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: T.self)
  }
}
