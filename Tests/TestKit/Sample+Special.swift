import MoruGraph
import MoruTensors

extension Sample {
  /// NaN, infinities, the ends of ranges, division by zero.
  static let special: [Sample] = [specialUnary, specialBinary, limits, comparisons, conversions]
    .flatMap { $0 }

  private static let floating: [DType] = [.float32, .float64, .bfloat16]
  private static let whole: [DType] = [.int32, .int64, .uint8]

  private static let specialUnary: [Sample] = Unary.allCases.flatMap { function in
    each("\(function) of special", of: floating, .unary(function)) {
      [Values.vector([.nan, .infinity, -.infinity, 0, -0.0, 1, -1], $0)]
    }
  }

  private static let specialBinary: [Sample] = Binary.allCases.flatMap { function in
    let values: [Double] = [.nan, .infinity, -.infinity, 0, 1.5, -2]
    return each("\(function) of special", of: floating, .binary(function)) {
      [Values.vector(lefts(values), $0), Values.vector(rights(values), $0)]
    }
  }

  private static let limits: [Sample] = whole.flatMap { dtype in
    let values = limits(of: dtype)
    let unary = [Unary.negate, .absolute, .sign].flatMap { function in
      each("\(function) of limits", of: [dtype], .unary(function)) {
        [HostTensor(values).converted(to: $0)]
      }
    }
    let binary = Binary.allCases.flatMap { function in
      each("\(function) of limits", of: [dtype], .binary(function)) {
        [
          HostTensor(lefts(values)).converted(to: $0), HostTensor(rights(values)).converted(to: $0),
        ]
      }
    }
    return unary + binary
  }

  private static let comparisons: [Sample] = Comparison.allCases.flatMap { comparison in
    each("compare \(comparison) with NaN", of: floating, .compare(comparison)) {
      [
        Values.vector([.nan, 1, .nan, .infinity, 0], $0),
        Values.vector([1, .nan, .nan, .infinity, -0.0], $0),
      ]
    }
  }

  private static let conversions: [Sample] = DType.allCases.flatMap { target in
    each("convert special to \(target.shortName) from", of: floating, .convert(target)) {
      [
        Values.vector(
          [.nan, .infinity, -.infinity, 2_147_483_648, 9.3e18, -9.3e18, 1e30, -1, -0.0], $0)
      ]
    }
  }

  private static func limits(of dtype: DType) -> [Int64] {
    switch dtype {
    case .int32: [Int64(Int32.min), -1, 0, 1, 3, Int64(Int32.max)]
    case .uint8: [0, 1, 3, 254, 255]
    default: [.min, -1, 0, 1, 3, .max]
    }
  }

  /// The first halves of all pairs.
  private static func lefts<T>(_ values: [T]) -> [T] {
    values.flatMap { value in values.map { _ in value } }
  }

  /// The second halves of all pairs.
  private static func rights<T>(_ values: [T]) -> [T] { values.flatMap { _ in values } }
}
