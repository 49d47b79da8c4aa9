import MoruTensors

/// A value that is part of the graph.
struct Constant: SingleResultRule {
  let value: HostTensor
  var name: String { "constant" }
  var attributes: String { value.count == 1 ? value.description : "#\(value.type)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(0)
    return value.type
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] { [] }
}
