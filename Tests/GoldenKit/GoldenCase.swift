public import MoruGraph
public import MoruTensors

/// A golden case drawn with parts of ours: what is to be computed, and what it must be.
public protocol GoldenCase {
  /// What we draw, by name.
  var found: [String: Tensor] { get }
  /// What PyTorch and Keras say of the same.
  var expected: [String: HostTensor] { get }
}

extension GoldenCase {
  /// The largest relative error of all values, infinite if one is missing or has another shape.
  public func error(on executor: any Executor) async throws -> Double {
    let names = expected.keys.sorted()
    let values = try await executor.values(of: names.compactMap { found[$0] })
    guard values.count == names.count else { return .infinity }
    return try zip(names, values).map { name, value in
      try expected[name].map { try relativeError(value, $0) } ?? .infinity
    }.max() ?? .infinity
  }
}

/// max|a − b| / max|b|, infinite if shapes differ or a difference is no number.
public func relativeError(_ found: HostTensor, _ expected: HostTensor) throws -> Double {
  guard found.shape == expected.shape else { return .infinity }
  let pairs = zip(
    try found.converted(to: .float64).array(of: Double.self),
    try expected.converted(to: .float64).array(of: Double.self))
  let (error, scale) = pairs.reduce((0.0, 0.0)) {
    (max($0.0, abs($1.0 - $1.1)), max($0.1, abs($1.1)))
  }
  guard error.isFinite else { return .infinity }
  return error == 0 ? 0 : error / max(scale, .leastNormalMagnitude)
}
