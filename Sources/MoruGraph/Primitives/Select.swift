import MoruTensors

/// Elementwise choice: the second operand where the first (Boolean) is true, the third elsewhere.
struct Select: SingleResultRule {
  var name: String { "select" }
  var isElementwise: Bool { true }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(3)
    try operands[0].requireBool()
    try operands[1].requireSame(as: operands[2])
    guard operands[0].shape == operands[1].shape else {
      throw Mismatch(
        "the condition's shape \(operands[0].shape) is not the values' \(operands[1].shape)",
        "Make the shapes equal, or 1 where they should broadcast.")
    }
    return operands[1]
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [nil, select(operands[0], cotangent, 0), select(operands[0], 0, cotangent)]
  }
}
