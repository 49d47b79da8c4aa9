import MoruTensors

/// The same elements, in row-major order, under another shape.
struct Reshape: SingleResultRule {
  let shape: Shape
  var name: String { "reshape" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    guard Shape.checkedElementCount(shape.dimensions) == operands[0].shape.elementCount else {
      throw Mismatch(
        "\(operands[0].shape.elementCount) elements cannot fill shape \(shape)",
        "Choose a shape of \(operands[0].shape.elementCount) elements.")
    }
    return TensorType(operands[0].dtype, shape)
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [cotangent.reshaped(to: operands[0].shape)]
  }
}
