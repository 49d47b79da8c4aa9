import MoruTensors

/// The Int32 index of the greatest element along one axis, which disappears; the first of equal
/// ones, and the first NaN if there is one.
public struct ArgMax: SingleResultRule, Hashable {
  /// The axis that disappears.
  public let axis: Int

  /// The greatest element along `axis`.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "argMax" }
  public var attributes: String { "axis \(axis)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    try operands[0].requireNumeric()
    try operands[0].requireAxis(axis)
    guard operands[0].shape[axis] > 0 else {
      throw Mismatch("axis \(axis) has no elements", "Pass at least one element along the axis.")
    }
    var dimensions = operands[0].shape.dimensions
    dimensions.remove(at: axis)
    return TensorType(.int32, Shape(dimensions))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] { [nil] }
}
