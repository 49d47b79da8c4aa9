import MoruTensors

/// Axes in another order: axis i of the result is axis `permutation[i]` of the operand.
public struct Transpose: SingleResultRule, Hashable {
  /// Each axis of the operand once.
  public let permutation: [Int]

  /// Axes in another order.
  public init(permutation: [Int]) { self.permutation = permutation }

  public var name: String { "transpose" }
  public var attributes: String { "\(permutation)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let type = operands[0]
    guard permutation.sorted() == Array(0..<type.rank) else {
      throw Mismatch(
        "\(permutation) does not name each of \(type.rank) axes once",
        "Pass a permutation of 0..<\(type.rank).")
    }
    return TensorType(type.dtype, Shape(permutation.map { type.shape[$0] }))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    var inverse = permutation
    for (place, axis) in permutation.enumerated() { inverse[axis] = place }
    return [cotangent.transposed(inverse)]
  }
}
