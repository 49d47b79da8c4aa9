import MoruTensors

/// Elementwise functions of one operand.
public enum Unary: String, SingleResultRule, Hashable, CaseIterable {
  case negate, absolute, sign
  case exponential, exponentialMinusOne, logarithm, logarithmPlusOne
  case squareRoot, reciprocalSquareRoot
  case sine, cosine, tanh, logistic, erf
  case floor, ceiling, roundNearestEven
  case not, isFinite

  public var name: String { rawValue }
  public var isElementwise: Bool { true }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let operand = operands[0]
    switch self {
    case .negate, .absolute, .sign: try operand.requireNumeric()
    case .not: try operand.requireBool()
    case .isFinite:
      try operand.requireFloating()
      return TensorType(.bool, operand.shape)
    default: try operand.requireFloating()
    }
    return operand
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    guard let slope = derivative(at: operands[0], value: result) else { return [nil] }
    return [cotangent * slope]
  }

  /// The derivative at `x`, written in terms of the value where that is cheaper; nil if zero.
  private func derivative(at x: Tensor, value y: Tensor) -> Tensor? {
    switch self {
    case .negate: -1
    case .absolute: MoruGraph.sign(x)
    case .exponential: y
    case .exponentialMinusOne: y + 1
    case .logarithm: 1 / x
    case .logarithmPlusOne: 1 / (1 + x)
    case .squareRoot: 0.5 / y
    case .reciprocalSquareRoot: -0.5 * y * y * y
    case .sine: cos(x)
    case .cosine: -sin(x)
    case .tanh: 1 - y * y
    case .logistic: y * (1 - y)
    case .erf: Tensor(2 / Double.pi.squareRoot()) * exp(-x * x)
    case .sign, .floor, .ceiling, .roundNearestEven, .not, .isFinite: nil
    }
  }
}
