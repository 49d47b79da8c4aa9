public import MoruTensors

/// Repeats the operand along new axes and axes of size 1: axis i of the operand becomes axis
/// `axes[i]` of the result.
public struct Broadcast: SingleResultRule, Hashable {
  /// Shape of the result.
  public let shape: Shape
  /// For each axis of the operand its axis in the result, ascending.
  public let axes: [Int]

  /// Repeats to `shape`; `axes` has the result's axis for each axis of the operand.
  public init(shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  public var name: String { "broadcast" }
  public var attributes: String { "axes \(axes)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let type = operands[0]
    let isAscending = zip(axes, axes.dropFirst()).allSatisfy { $0 < $1 }
    guard axes.count == type.rank, isAscending, axes.allSatisfy(shape.indices.contains),
      zip(axes, type.shape).allSatisfy({ $1 == 1 || $1 == shape[$0] })
    else {
      throw Mismatch(
        "shape \(type.shape) does not broadcast to \(shape) along axes \(axes)",
        "Make each axis equal to the target's, or 1.")
    }
    return TensorType(type.dtype, shape)
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let source = operands[0].shape
    let repeated = shape.indices.filter { axis in
      guard let place = axes.firstIndex(of: axis) else { return true }
      return source[place] != shape[axis]
    }
    return [cotangent.sum(axes: repeated).reshaped(to: source)]
  }
}
