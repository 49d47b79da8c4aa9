import MoruTensors

/// The entries of one axis named by indices, in any order and shape: embedding look-up, rows of a
/// data set.
///
/// `(x [a…, n, b…], indices [i…]) → [a…, i…, b…]`; indices outside `0..<n` are clamped.
public struct Gather: SingleResultRule, Hashable {
  /// The axis that indices run over.
  public let axis: Int

  /// Entries of `axis`.
  public init(axis: Int) { self.axis = axis }

  public var name: String { "gather" }
  public var attributes: String { "axis \(axis)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (x, indices) = (operands[0], operands[1])
    try x.requireAxis(axis)
    try indices.requireIndices()
    guard x.shape[axis] > 0 || indices.shape.elementCount == 0 else {
      throw Mismatch("axis \(axis) has no elements to gather", "Pass at least one element.")
    }
    let dimensions = x.shape.dimensions
    return TensorType(
      x.dtype,
      Shape(dimensions[..<axis] + indices.shape.dimensions + dimensions[(axis + 1)...]))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let rule = ScatterAdd(axis: axis, size: operands[0].shape[axis])
    return [.apply(.scatterAdd(rule), operands[1], cotangent), nil]
  }
}

/// Zeros to which each update is added at its index: the transpose of `Gather`.
///
/// `(indices [i…], updates [a…, i…, b…]) → [a…, size, b…]`; indices outside `0..<size` are clamped.
/// Updates to one place are added in the order of their indices.
public struct ScatterAdd: SingleResultRule, Hashable {
  /// The axis that indices run over.
  public let axis: Int
  /// The axis's size in the result.
  public let size: Int

  /// Sums into an axis of `size` entries.
  public init(axis: Int, size: Int) {
    self.axis = axis
    self.size = size
  }

  public var name: String { "scatterAdd" }
  public var attributes: String { "axis \(axis) size \(size)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (indices, updates) = (operands[0], operands[1])
    try indices.requireIndices()
    try updates.requireNumeric()
    let end = axis + indices.rank
    guard axis >= 0, size >= 0, end <= updates.rank,
      updates.shape[axis..<end].elementsEqual(indices.shape.dimensions),
      size > 0 || indices.shape.elementCount == 0
    else {
      throw Mismatch(
        "updates do not have the indices' shape at axis \(axis)", "Make the shapes fit.")
    }
    let dimensions = updates.shape.dimensions
    return TensorType(updates.dtype, Shape(dimensions[..<axis] + [size] + dimensions[end...]))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [nil, .apply(.gather(Gather(axis: axis)), cotangent, operands[0])]
  }
}

extension TensorType {
  fileprivate func requireIndices() throws(Mismatch) {
    guard dtype == .int32 || dtype == .int64 else {
      throw Mismatch(
        "indices are \(dtype.rawValue), not int32 or int64",
        "Convert them: indices.converted(to: .int32).")
    }
  }
}
