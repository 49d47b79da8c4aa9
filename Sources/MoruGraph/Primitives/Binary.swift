import MoruTensors

/// Elementwise functions of two operands of the same type.
///
/// Whole-number division truncates toward zero; division and remainder by zero give 0 (−1 in
/// StableHLO) rather than trap. The remainder has the dividend's sign. `maximum` and `minimum` give
/// NaN if either operand is NaN.
public enum Binary: String, SingleResultRule, Hashable, CaseIterable {
  case add, subtract, multiply, divide, remainder, power, maximum, minimum
  case and, or

  public var name: String { rawValue }
  public var isElementwise: Bool { true }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    try operands[0].requireSame(as: operands[1])
    switch self {
    case .and, .or: try operands[0].requireBool()
    case .power: try operands[0].requireFloating()
    default: try operands[0].requireNumeric()
    }
    return operands[0]
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (x, y) = (operands[0], operands[1])
    switch self {
    case .add: return [cotangent, cotangent]
    case .subtract: return [cotangent, -cotangent]
    case .multiply: return [cotangent * y, cotangent * x]
    case .divide:
      let scaled = cotangent / y
      return [scaled, -scaled * result]
    case .remainder:
      let quotient = x / y
      return [cotangent, -cotangent * (sign(quotient) * floor(abs(quotient)))]
    case .power:
      // log 0 would turn the exponent's cotangent into NaN where the power is 0 anyway.
      let logarithm = select(x .> 0, log(select(x .> 0, x, 1)), 0)
      // x⁰ is flat, also at 0, where x⁻¹ is infinite.
      let lowered = pow(x, select(y .== 0, 1, y - 1))
      return [cotangent * y * lowered, cotangent * result * logarithm]
    case .maximum: return routed(cotangent, by: x .> y)
    case .minimum: return routed(cotangent, by: x .< y)
    case .and, .or: return [nil, nil]
    }
  }

  /// The cotangent goes to the first operand where it is chosen, to the second elsewhere, ties
  /// included: relu, `maximum(x, 0)`, then has slope 0 at 0.
  private func routed(_ cotangent: Tensor, by isFirst: Tensor) -> [Tensor?] {
    [select(isFirst, cotangent, 0), select(isFirst, 0, cotangent)]
  }
}

/// Elementwise comparison of two operands of the same type, to Booleans; false if either is NaN,
/// but for `notEqual`.
public enum Comparison: String, SingleResultRule, Hashable, CaseIterable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  public var name: String { "compare" }
  public var attributes: String { rawValue }
  public var isElementwise: Bool { true }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    try operands[0].requireSame(as: operands[1])
    return TensorType(.bool, operands[0].shape)
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] { [nil, nil] }
}
