import MoruGraph
import MoruTensors

/// The result of one primitive but a loop. Operands have passed its shape rule.
///
/// What is computed of BFloat16 numbers is computed in Float32, which holds them exactly, and then
/// rounded.
func evaluate(_ primitive: Primitive, _ operands: [HostTensor]) throws -> HostTensor {
  switch primitive {
  case .convert: return try compute(primitive, operands)
  case .iota(let rule) where rule.type.dtype == .bfloat16:
    let wide = Iota(type: TensorType(.float32, rule.type.shape), axis: rule.axis)
    return try evaluate(.iota(wide), []).converted(to: .bfloat16)
  default: break
  }
  guard operands.contains(where: { $0.dtype == .bfloat16 }) else {
    return try compute(primitive, operands)
  }
  let result = try primitive.rule.infer(operands.map(\.type))[0]
  let wide = operands.map { $0.dtype == .bfloat16 ? $0.converted(to: .float32) : $0 }
  return try compute(primitive, wide).converted(to: result.dtype)
}

private func compute(_ primitive: Primitive, _ operands: [HostTensor]) throws -> HostTensor {
  switch primitive {
  case .constant(let value): value
  case .convert(let dtype): operands[0].converted(to: dtype)
  case .iota(let rule): try iota(rule, of: rule.type.dtype.number())
  case .randomUniform(let rule): try randomUniform(rule, seed: operands[0])
  case .unary(let function): try unary(function, operands[0])
  case .binary(let function): try binary(function, operands[0], operands[1])
  case .compare(let comparison): try compare(comparison, operands[0], operands[1])
  case .select: try select(operands, of: operands[1].dtype.scalar)
  case .reshape(let shape): try operands[0].reshaped(to: shape)
  case .transpose(let rule): try transpose(rule, operands[0])
  case .broadcast(let rule): try broadcast(rule, operands[0])
  case .concatenate(let rule):
    try concatenate(rule, operands, of: operands[0].dtype.scalar)
  case .slice(let rule): try slice(rule, operands[0])
  case .pad(let rule): try pad(rule, operands, of: operands[0].dtype.scalar)
  case .reverse(let rule): try reverse(rule, operands[0])
  case .reduce(let rule): try reduce(rule, operands[0], of: operands[0].dtype.number())
  case .argMax(let rule): try argMax(rule, operands[0], of: operands[0].dtype.number())
  case .cumulativeSum(let rule):
    try cumulativeSum(rule, operands[0], of: operands[0].dtype.number())
  case .dot(let rule): try dot(rule, operands, of: operands[0].dtype.number())
  case .convolution(let rule): try convolution(rule, operands, of: operands[0].dtype.number())
  case .convolutionInputGradient(let rule):
    try convolutionInputGradient(rule, operands, of: operands[0].dtype.number())
  case .convolutionKernelGradient(let rule):
    try convolutionKernelGradient(rule, operands, of: operands[0].dtype.number())
  case .maxPool(let rule): try maxPool(rule.window, operands, of: operands[0].dtype.number())
  case .maxPoolGather(let rule):
    try maxPool(rule.window, operands, of: operands[0].dtype.floating())
  case .maxPoolGradient(let rule):
    try maxPoolGradient(rule.window, operands, of: operands[0].dtype.floating())
  case .averagePool(let rule):
    try averagePool(rule.window, operands[0], of: operands[0].dtype.floating())
  case .averagePoolGradient(let rule):
    try averagePoolGradient(rule, operands[0], of: operands[0].dtype.floating())
  case .gather(let rule): try gather(rule, operands, of: operands[0].dtype.scalar)
  case .scatterAdd(let rule): try scatterAdd(rule, operands, of: operands[1].dtype.number())
  case .barrier: operands[0]
  case .scan: throw GraphError.malformed("a loop is run, not evaluated")
  }
}
