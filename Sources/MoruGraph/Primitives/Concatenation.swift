import MoruTensors

/// Operands one after another along one axis.
public struct Concatenation: SingleResultRule, Hashable {
  /// The axis along which sizes add up.
  public let axis: Int

  /// Operands one after another along `axis`.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "concatenate" }
  public var attributes: String { "axis \(axis)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    guard let first = operands.first else {
      throw Mismatch("there is nothing to concatenate", "Pass at least one tensor.")
    }
    try first.requireAxis(axis)
    var dimensions = first.shape.dimensions
    for operand in operands.dropFirst() {
      let fits =
        operand.rank == first.rank && operand.dtype == first.dtype
        && first.shape.indices.allSatisfy { $0 == axis || first.shape[$0] == operand.shape[$0] }
      guard fits else {
        throw Mismatch(
          "they differ in more than axis \(axis)", "Make the other axes and element types equal.")
      }
      dimensions[axis] += operand.shape[axis]
    }
    return TensorType(first.dtype, Shape(dimensions))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    var start = 0
    return operands.map { operand in
      defer { start += operand.shape[axis] }
      return cotangent.sliced(start..<start + operand.shape[axis], axis: axis)
    }
  }
}
