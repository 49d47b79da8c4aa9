import MoruTensors

/// Surrounds the first operand with copies of the second, a scalar, and puts `interior` copies
/// between neighbours.
public struct Pad: SingleResultRule, Hashable {
  /// Elements put before, along each axis.
  public let low: [Int]
  /// Elements put after, along each axis.
  public let high: [Int]
  /// Elements put between neighbours, along each axis.
  public let interior: [Int]

  /// One number of elements before, after and between for each axis.
  public init(low: [Int], high: [Int], interior: [Int]) {
    self.low = low
    self.high = high
    self.interior = interior
  }

  public var name: String { "pad" }
  public var attributes: String { "low \(low), high \(high), interior \(interior)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let type = operands[0]
    guard operands[1] == TensorType(type.dtype, []) else {
      throw Mismatch(
        "the padding value is \(operands[1]), not a scalar of the same type",
        "Pass a \(type.dtype.rawValue) scalar.")
    }
    guard low.count == type.rank, high.count == type.rank, interior.count == type.rank,
      (low + high + interior).allSatisfy((0...Padding.greatest).contains)
    else {
      throw Mismatch(
        "each of \(type.rank) axes needs paddings of at least 0", "Use a slice to remove elements.")
    }
    let sizes = type.shape.indices.map {
      low[$0] + type.shape[$0] + max(0, type.shape[$0] - 1) * interior[$0] + high[$0]
    }
    return TensorType(type.dtype, Shape(sizes))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let shape = operands[0].shape
    let limits = shape.indices.map { axis in
      shape[axis] == 0 ? low[axis] : low[axis] + (shape[axis] - 1) * (interior[axis] + 1) + 1
    }
    let inner = Tensor.apply(
      .slice(Slice(starts: low, limits: limits, strides: interior.map { $0 + 1 })), cotangent)
    return [inner, cotangent.sum() - inner.sum()]
  }
}
