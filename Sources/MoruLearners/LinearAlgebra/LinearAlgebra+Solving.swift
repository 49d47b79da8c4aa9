internal import CLAPACK

extension LinearAlgebra {
  /// The shortest `X` that makes `|A·X − B|` least, for `a` of `[rows, columns]` and `b` of
  /// `[rows, sides]`, and the rank of A; nil if LAPACK finds none.
  package static func leastSquares(
    _ a: [Double], _ b: [Double], rows: Int, columns: Int, sides: Int
  ) -> (solution: [Double], rank: Int)? {
    let height = max(rows, columns)
    var matrix = a
    var right = b + [Double](repeating: 0, count: (height - rows) * sides)
    var singular = [Double](repeating: 0, count: min(rows, columns))
    var rank: Int32 = 0
    // Smaller singular values are rounding: NumPy's and SciPy's bound.
    let smallest = Double.ulpOfOne * Double(height)
    let status = LAPACKE_dgelsd(
      LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), Int32(sides), &matrix, Int32(columns),
      &right, Int32(sides), &singular, smallest, &rank)
    return status == 0 ? (Array(right.prefix(columns * sides)), Int(rank)) : nil
  }

  /// The inverse of a symmetric positive definite matrix; nil if it is not.
  package static func inverse(positiveDefinite a: [Double], size: Int) -> [Double]? {
    var identity = [Double](repeating: 0, count: size * size)
    for place in 0..<size { identity[place * size + place] = 1 }
    return solvePositiveDefinite(a, identity, size: size, columns: size)
  }
}
