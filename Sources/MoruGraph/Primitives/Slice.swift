import MoruTensors

/// Along each axis the elements from `starts` to before `limits`, every `strides`-th.
public struct Slice: SingleResultRule, Hashable {
  /// First index along each axis.
  public let starts: [Int]
  /// The index before which to stop along each axis.
  public let limits: [Int]
  /// Step along each axis, at least 1.
  public let strides: [Int]

  /// One start, limit and stride for each axis.
  public init(starts: [Int], limits: [Int], strides: [Int]) {
    self.starts = starts
    self.limits = limits
    self.strides = strides
  }

  public var name: String { "slice" }
  public var attributes: String {
    zip(starts, zip(limits, strides)).map { start, end in
      "\(start)..<\(end.0)" + (end.1 == 1 ? "" : " by \(end.1)")
    }.joined(separator: ", ")
  }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let type = operands[0]
    guard starts.count == type.rank, limits.count == type.rank, strides.count == type.rank,
      type.shape.indices.allSatisfy({
        starts[$0] >= 0 && starts[$0] <= limits[$0] && limits[$0] <= type.shape[$0]
          && strides[$0] >= 1
      })
    else {
      throw Mismatch(
        "the slice [\(attributes)] leaves shape \(type.shape)", "Choose ranges within the shape.")
    }
    let sizes = type.shape.indices.map {
      (limits[$0] - starts[$0] + strides[$0] - 1) / strides[$0]
    }
    return TensorType(type.dtype, Shape(sizes))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let shape = operands[0].shape
    let high = shape.indices.map { axis in
      let size = result.shape[axis]
      let covered = size == 0 ? starts[axis] : starts[axis] + (size - 1) * strides[axis] + 1
      return shape[axis] - covered
    }
    return [
      .apply(
        .pad(Pad(low: starts, high: high, interior: strides.map { $0 - 1 })), cotangent,
        .zero(cotangent.dtype))
    ]
  }
}
