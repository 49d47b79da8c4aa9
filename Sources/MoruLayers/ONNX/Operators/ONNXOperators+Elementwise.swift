import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Arithmetic, element by element.
  static let elementwise: [String: ONNXRule] = [
    "Add": binary(+), "Sub": binary(-), "Mul": binary(*), "Div": binary(/),
    "Pow": single { call in
      let (x, y) = (try call.value(0), try call.value(1))
      guard !x.dtype.isFloating else {
        return ONNXValue.elementwise([x, y]) { pow($0[0], $0[1].converted(to: $0[0].dtype)) }
      }
      // Float64 has all whole numbers up to 2⁵³. Powers by whole exponents are rounded, which a last bit
      // may be missing of; others lose their fractions, as NumPy has it.
      return ONNXValue.elementwise([x, y]) { tensors in
        let exponent = tensors[1].converted(to: .float64)
        let power = pow(tensors[0].converted(to: .float64), exponent)
        return select(round(exponent) .== exponent, round(power), power).converted(to: x.dtype)
      }
    },
    "Mod": single { call in
      let truncates = try call.flag("fmod")
      return ONNXValue.elementwise([try call.value(0), try call.value(1)]) { tensors in
        let rest = tensors[0] % tensors[1]
        guard !truncates else { return rest }
        // The sign of the divisor, as Python has it.
        let differs = (rest .!= 0) .& ((rest .< 0) .!= (tensors[1] .< 0))
        return tensors[0].dtype == .uint8 ? rest : select(differs, rest + tensors[1], rest)
      }
    },
    "Max": variadic(maximum), "Min": variadic(minimum), "Sum": variadic(+),
    "Mean": single { call in
      let values = try call.values()
      return ONNXValue.elementwise(values) { tensors in
        tensors.dropFirst().reduce(tensors[0], +) * Tensor(1 / Double(tensors.count))
      }
    },
    "Neg": unary(-), "Abs": unary(abs), "Sign": unary(sign), "Exp": unary(exp), "Log": unary(log),
    "Sqrt": unary(sqrt), "Reciprocal": unary { 1 / $0 }, "Erf": unary(erf),
    "Floor": rounding(floor), "Ceil": rounding(ceil), "Round": rounding(round),
    "Sin": unary(sin), "Cos": unary(cos), "Tan": unary { sin($0) / cos($0) },
    "Sinh": unary { 0.5 * (expm1($0) - expm1(-$0)) }, "Cosh": unary { 0.5 * (exp($0) + exp(-$0)) },
    "Tanh": unary(tanh),
    // log(x + √(x² + 1)) of the absolute value, which loses nothing where x is far below 0.
    "Asinh": unary { x in
      let size = abs(x)
      return sign(x) * log1p(size + square(size) / (1 + sqrt(square(size) + 1)))
    },
    "Acosh": unary { x in log(x + sqrt(x - 1) * sqrt(x + 1)) },
    "Atanh": unary { x in 0.5 * (log1p(x) - log1p(-x)) },
    "Atan": unary(arctangent),
    "Asin": unary { x in arctangent(x / sqrt((1 - x) * (1 + x))) },
    "Acos": unary { x in
      Tensor(Double.pi / 2) - arctangent(x / sqrt((1 - x) * (1 + x)))
    },
    "Clip": single { call in
      let x = try call.value(0)
      var result = x
      if let low = call.optional(1) {
        result = ONNXValue.elementwise([result, low]) { maximum($0[0], $0[1]) }
      }
      if let high = call.optional(2) {
        result = ONNXValue.elementwise([result, high]) { minimum($0[0], $0[1]) }
      }
      return result
    },
    "Identity": single { try $0.value(0) },
    "Cast": single { call in
      guard case .string(let name) = call.node.attributes["to"], let dtype = DType(rawValue: name)
      else { throw call.refused("to", "a type of numbers that is not known") }
      return try call.value(0).mapped { $0.converted(to: dtype) }
    },
    "CastLike": single { call in
      let dtype = try call.value(1).dtype
      return try call.value(0).mapped { $0.converted(to: dtype) }
    },
    "Dropout": { call in
      let x = try call.value(0)
      let rate = call.optional(1) == nil ? 0.5 : try call.doubles(1).first ?? 0.5
      guard (0..<1).contains(rate) || !call.scope.isTraining else {
        throw Mismatch("its ratio is \(rate)", "Export the model with a ratio below 1.")
      }
      let kept = Tensor(HostTensor(repeating: true, shape: [])).broadcast(to: x.shape)
      return [x.mapped { call.scope.dropped($0, rate) }, ONNXValue(kept)]
    },
    "BitShift": single { call in
      let isLeft = try call.expect("direction", in: ["LEFT", "RIGHT"], default: "") == "LEFT"
      guard try call.value(0).dtype == .uint8 else {
        throw Mismatch("it shifts numbers with a sign", "Export the model with uint8.")
      }
      return ONNXValue.elementwise([try call.value(0), try call.value(1)]) { tensors in
        let x = tensors[0].converted(to: .int64)
        let factor = pow(2, tensors[1].converted(to: .float64)).converted(to: .int64)
        return (isLeft ? x * factor : x / factor).converted(to: tensors[0].dtype)
      }
    },
  ]

  /// An elementwise function of one operand.
  static func unary(_ function: @escaping @Sendable (Tensor) -> Tensor) -> ONNXRule {
    single { try $0.value(0).mapped(function) }
  }

  /// An elementwise function that leaves whole numbers as they are.
  private static func rounding(_ function: @escaping @Sendable (Tensor) -> Tensor) -> ONNXRule {
    unary { $0.dtype.isFloating ? function($0) : $0 }
  }

  /// An elementwise function of two operands.
  static func binary(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> ONNXRule {
    single { call in
      ONNXValue.elementwise([try call.value(0), try call.value(1)]) { function($0[0], $0[1]) }
    }
  }

  private static func variadic(
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> ONNXRule {
    single { call in
      ONNXValue.elementwise(try call.values()) { $0.dropFirst().reduce($0[0], function) }
    }
  }
}

/// The angle in radians whose tangent is `x`, elementwise.
///
/// Halving the angle twice, `t → t / (1 + √(1 + t²))`, leaves |t| below 0.2, where thirteen terms of the
/// series `t − t³/3 + t⁵/5 − …` reach Float64's precision; a large `x` starts from 1/x.
private func arctangent(_ x: Tensor) -> Tensor {
  let size = abs(x)
  let isLarge = size .> 1
  var t = select(isLarge, 1 / select(isLarge, size, 1), size)
  for _ in 0..<2 { t = t / (1 + sqrt(1 + square(t))) }
  let squared = square(t)
  var series = Tensor(1.0 / 25)
  for odd in stride(from: 23, through: 1, by: -2) {
    series = Tensor(1 / Double(odd)) - squared * series
  }
  let angle = 4 * t * series
  return sign(x) * select(isLarge, Tensor(Double.pi / 2) - angle, angle)
}
