public import MoruTensors

/// What a checker found wrong.
public struct CheckFailure: Error, CustomStringConvertible {
  /// One line for each thing that is wrong.
  public let findings: [String]

  public var description: String { findings.joined(separator: "\n") }

  static func throwUnlessEmpty(_ findings: [String]) throws {
    guard findings.isEmpty else { throw CheckFailure(findings: findings) }
  }
}

/// How `found` differs from `expected`, or nil if it does not.
///
/// Element types and shapes must be equal. Whole numbers and Booleans must be equal, and all
/// elements if `tolerance` is 0; floating-point numbers may differ by `tolerance` times the greatest
/// finite magnitude expected. Infinities must be the same and NaN in the same places.
///
/// - Parameter tolerance: 1e-5 for Float32, 1e-12 for Float64 and a unit in the last place, 2⁻⁷, for
///   BFloat16 if nil.
public func difference(
  _ found: HostTensor, from expected: HostTensor, tolerance: Double? = nil
) -> String? {
  guard found.dtype == expected.dtype, found.shape == expected.shape else {
    return "is \(found.dtype.shortName)\(found.shape), not "
      + "\(expected.dtype.shortName)\(expected.shape)"
  }
  guard expected.dtype.isFloating else {
    return found == expected ? nil : "is \(found), not \(expected)"
  }
  let (a, b) = (numbers(found), numbers(expected))
  let scale = b.lazy.filter(\.isFinite).map { abs($0) }.max() ?? 0
  let allowed = (tolerance ?? usualTolerance(expected.dtype)) * scale
  for (place, (x, y)) in zip(a, b).enumerated() {
    let agrees = x == y || (x.isNaN && y.isNaN) || abs(x - y) <= allowed
    guard agrees else {
      return "has \(x), not \(y), at place \(place) of shape \(found.shape); allowed: ±\(allowed)"
    }
  }
  return nil
}

private func usualTolerance(_ dtype: DType) -> Double {
  switch dtype {
  case .float32: 1e-5
  case .bfloat16: 0x1p-7
  default: 1e-12
  }
}

/// The elements as Float64.
func numbers(_ tensor: HostTensor) -> [Double] {
  (try? tensor.converted(to: .float64).array()) ?? []
}
