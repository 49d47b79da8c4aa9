import CKernels
import MoruTensors

/// Elementwise operations as vector code.
extension VectorBlock {
  /// - Parameters:
  ///   - operands: The operands' values.
  ///   - isOnce: Which of them nothing else reads.
  /// - Returns: nil if there is no vector code for the operation.
  mutating func apply(
    _ step: FusedProgram.Instruction, to operands: [Value], _ isOnce: [Bool]
  ) -> Value? {
    switch step.operation {
    case .compute(let operation, .float32):
      return contracted(operation, operands, isOnce) ?? compute(operation, operands)
    case .compute(let operation, .int32): return computeWords(operation, operands)
    case .compute(let operation, .bool): return computeTruths(operation, operands)
    case .convert(let from, let target): return convert(operands[0], from, target)
    default: return nil
    }
  }

  /// A sum or difference with a product that nothing else reads is rounded once.
  private mutating func contracted(
    _ operation: ck_operation, _ operands: [Value], _ isOnce: [Bool]
  ) -> Value? {
    guard operation == CK_ADD || operation == CK_SUBTRACT else { return nil }
    let isDifference = operation == CK_SUBTRACT
    for (place, value) in operands.enumerated() where isOnce[place] {
      guard case .lanes(.multiply, _) = operations[value].kind else { continue }
      let product = operations[value]
      let signs = MultiplyAdd(
        negatesProduct: isDifference && place == 1, negatesTerm: isDifference && place == 0)
      return fused(product.a, product.b, operands[1 - place], signs)
    }
    return nil
  }

  private mutating func compute(_ operation: ck_operation, _ x: [Value]) -> Value? {
    switch operation {
    case CK_COPY: x[0]
    case CK_NEGATE: apply(.exclusiveOr, x[0], constant(bits: 0x8000_0000))
    case CK_ABSOLUTE: absolute(x[0])
    case CK_SIGN: sign(x[0])
    case CK_EXP: exponential(x[0])
    case CK_EXPM1: exponentialMinusOne(x[0])
    case CK_LOG: logarithm(x[0])
    case CK_LOG1P: logarithmPlusOne(x[0])
    case CK_SQRT: apply(.squareRoot, x[0])
    case CK_RSQRT: divide(constant(1), apply(.squareRoot, x[0]))
    case CK_TANH: tangent(x[0])
    case CK_LOGISTIC: logistic(x[0])
    case CK_ERF: errorFunction(x[0])
    case CK_FLOOR: apply(.round, x[0], immediate: 9)
    case CK_CEILING: apply(.round, x[0], immediate: 10)
    case CK_ROUND_EVEN: apply(.round, x[0], immediate: 8)
    case CK_IS_FINITE: compare(.less, absolute(x[0]), constant(Float.infinity))
    case CK_ADD: add(x[0], x[1])
    case CK_SUBTRACT: subtract(x[0], x[1])
    case CK_MULTIPLY: multiply(x[0], x[1])
    case CK_DIVIDE: divide(x[0], x[1])
    case CK_MAXIMUM: maximum(x[0], x[1])
    case CK_MINIMUM: minimum(x[0], x[1])
    case CK_SELECT: choose(x[0], x[1], x[2])
    default: operation.comparison.map { compare($0, x[0], x[1]) }
    }
  }

  private mutating func computeWords(_ operation: ck_operation, _ x: [Value]) -> Value? {
    switch operation {
    case CK_COPY: x[0]
    case CK_NEGATE: apply(.subtractWords, constant(bits: 0), x[0])
    case CK_ABSOLUTE: apply(.absoluteWords, x[0])
    case CK_ADD: apply(.addWords, x[0], x[1])
    case CK_SUBTRACT: apply(.subtractWords, x[0], x[1])
    case CK_MULTIPLY: apply(.multiplyWords, x[0], x[1])
    case CK_MAXIMUM: apply(.maximumWords, x[0], x[1])
    case CK_MINIMUM: apply(.minimumWords, x[0], x[1])
    case CK_AND: apply(.and, x[0], x[1])
    case CK_OR: apply(.or, x[0], x[1])
    case CK_SELECT: choose(x[0], x[1], x[2])
    default: operation.comparison.map { compareWords($0, x[0], x[1]) }
    }
  }

  private mutating func computeTruths(_ operation: ck_operation, _ x: [Value]) -> Value? {
    switch operation {
    case CK_COPY: x[0]
    case CK_NOT: append(.not, x[0])
    case CK_ADD, CK_MAXIMUM, CK_OR: logic(.or, x[0], x[1])
    case CK_MULTIPLY, CK_MINIMUM, CK_AND: logic(.and, x[0], x[1])
    case CK_EQUAL: logic(.exclusiveNor, x[0], x[1])
    case CK_NOT_EQUAL: logic(.exclusiveOr, x[0], x[1])
    case CK_LESS: logic(.andNot, x[0], x[1])
    case CK_GREATER: logic(.andNot, x[1], x[0])
    case CK_SELECT:
      logic(.or, logic(.and, x[0], x[1]), logic(.andNot, x[0], x[2]))
    default: nil
    }
  }

  private mutating func convert(_ x: Value, _ from: DType, _ target: DType) -> Value? {
    switch (from, target) {
    case (.float32, .float32), (.int32, .int32), (.bool, .bool), (.uint8, .int32): x
    case (.int32, .float32), (.uint8, .float32): apply(.floatFromWord, x)
    case (.bool, .float32): choose(x, constant(1), constant(0))
    case (.bool, .int32): choose(x, constant(bits: 1), constant(bits: 0))
    case (.float32, .bool): compare(.notEqual, x, constant(0))
    case (.int32, .bool), (.uint8, .bool): test(x)
    case (.float32, .int32): truncated(x)
    case (.bfloat16, .float32): apply(.shiftLeft, x, immediate: 16)
    case (.float32, .bfloat16): rounded(x)
    default: nil
    }
  }

  /// Towards zero; saturates, and NaN becomes 0.
  private mutating func truncated(_ x: Value) -> Value {
    let isHigh = compare(.greaterOrEqual, x, constant(2_147_483_648))
    let whole = apply(.wordTruncated, x)
    let saturated = choose(isHigh, constant(bits: 0x7FFF_FFFF), whole)
    return choose(compare(.ordered, x, x), saturated, constant(bits: 0))
  }

  /// To BFloat16, as `convert_float_bfloat16` of the kernels does it.
  private mutating func rounded(_ x: Value) -> Value {
    let odd = apply(.and, apply(.shiftRight, x, immediate: 16), constant(bits: 1))
    let rounded = apply(.addWords, apply(.addWords, x, constant(bits: 0x7FFF)), odd)
    let quiet = apply(.or, x, constant(bits: 0x40_0000))
    let bits = choose(compare(.unordered, x, x), quiet, rounded)
    return apply(.shiftRight, bits, immediate: 16)
  }
}

extension ck_operation {
  fileprivate var comparison: VectorComparison? {
    switch self {
    case CK_EQUAL: .equal
    case CK_NOT_EQUAL: .notEqual
    case CK_LESS: .less
    case CK_LESS_EQUAL: .lessOrEqual
    case CK_GREATER: .greater
    case CK_GREATER_EQUAL: .greaterOrEqual
    default: nil
    }
  }
}
