import MoruTensors

/// The same numbers as another element type, by the rules of `HostTensor.converted(to:)`.
struct Convert: SingleResultRule {
  let dtype: DType
  var name: String { "convert" }
  var isElementwise: Bool { true }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    return TensorType(dtype, operands[0].shape)
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let source = operands[0].dtype
    return [source.isFloating && dtype.isFloating ? cotangent.converted(to: source) : nil]
  }
}
