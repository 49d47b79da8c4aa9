import CKernels
import MoruGraph
import MoruTensors

/// What a kernel does with each element.
enum KernelOperation {
  /// An operation on operands of a type.
  case compute(ck_operation, DType)
  case convert(DType, DType)

  /// The kernel; nil where the operation has no meaning.
  var function: ck_function? {
    switch self {
    case .compute(let operation, let type): ck_elementwise_function(operation, type.kernelType)
    case .convert(let type, let target): ck_convert_function(type.kernelType, target.kernelType)
    }
  }
}

extension Primitive {
  /// The operation on operands of a type; nil if this is no elementwise primitive.
  func elementwiseOperation(_ type: DType) -> KernelOperation? {
    switch self {
    case .unary(let rule): .compute(rule.operation, type)
    case .binary(let rule): .compute(rule.operation, type)
    case .compare(let rule): .compute(rule.operation, type)
    case .select: .compute(CK_SELECT, type)
    case .convert(let target): .convert(type, target)
    default: nil
    }
  }
}

extension DType {
  /// The kernels' name for it.
  var kernelType: ck_type {
    switch self {
    case .float32: CK_F32
    case .float64: CK_F64
    case .bfloat16: CK_BF16
    case .int32: CK_I32
    case .int64: CK_I64
    case .int8: CK_I8
    case .uint8: CK_U8
    case .bool: CK_BOOL
    }
  }
}

extension Unary {
  fileprivate var operation: ck_operation {
    switch self {
    case .negate: CK_NEGATE
    case .absolute: CK_ABSOLUTE
    case .sign: CK_SIGN
    case .exponential: CK_EXP
    case .exponentialMinusOne: CK_EXPM1
    case .logarithm: CK_LOG
    case .logarithmPlusOne: CK_LOG1P
    case .squareRoot: CK_SQRT
    case .reciprocalSquareRoot: CK_RSQRT
    case .sine: CK_SIN
    case .cosine: CK_COS
    case .tanh: CK_TANH
    case .logistic: CK_LOGISTIC
    case .erf: CK_ERF
    case .floor: CK_FLOOR
    case .ceiling: CK_CEILING
    case .roundNearestEven: CK_ROUND_EVEN
    case .not: CK_NOT
    case .isFinite: CK_IS_FINITE
    }
  }
}

extension Binary {
  fileprivate var operation: ck_operation {
    switch self {
    case .add: CK_ADD
    case .subtract: CK_SUBTRACT
    case .multiply: CK_MULTIPLY
    case .divide: CK_DIVIDE
    case .remainder: CK_REMAINDER
    case .power: CK_POWER
    case .maximum: CK_MAXIMUM
    case .minimum: CK_MINIMUM
    case .and: CK_AND
    case .or: CK_OR
    }
  }
}

extension Comparison {
  fileprivate var operation: ck_operation {
    switch self {
    case .equal: CK_EQUAL
    case .notEqual: CK_NOT_EQUAL
    case .less: CK_LESS
    case .lessOrEqual: CK_LESS_EQUAL
    case .greater: CK_GREATER
    case .greaterOrEqual: CK_GREATER_EQUAL
    }
  }
}

extension Reduce.Kind {
  /// The kernels' name for it.
  var reduction: ck_reduction {
    switch self {
    case .sum: CK_SUM
    case .product: CK_PRODUCT
    case .maximum: CK_MAX
    case .minimum: CK_MIN
    }
  }
}
