import MoruTensors

/// Sums of products over contracted axes, for each index of the batch axes.
///
/// The result's axes: batch axes in the order listed, then the free axes of the first operand, then
/// those of the second.
public struct DotGeneral: SingleResultRule, Hashable {
  /// Batch axes of the first operand.
  public let leftBatch: [Int]
  /// The batch axes of the second operand, pairwise.
  public let rightBatch: [Int]
  /// Contracted axes of the first operand.
  public let leftContracting: [Int]
  /// The contracted axes of the second operand, pairwise.
  public let rightContracting: [Int]

  /// Sums of products over the contracted axes.
  public init(
    leftBatch: [Int] = [], rightBatch: [Int] = [], leftContracting: [Int], rightContracting: [Int]
  ) {
    self.leftBatch = leftBatch
    self.rightBatch = rightBatch
    self.leftContracting = leftContracting
    self.rightContracting = rightContracting
  }

  public var name: String { "dot" }
  public var attributes: String {
    let contracting = "contracting \(leftContracting)×\(rightContracting)"
    return leftBatch.isEmpty ? contracting : "batch \(leftBatch)×\(rightBatch) " + contracting
  }

  /// The axes of the first operand that are neither batch nor contracted.
  public func leftFree(rank: Int) -> [Int] {
    (0..<rank).filter { !leftBatch.contains($0) && !leftContracting.contains($0) }
  }

  /// The axes of the second operand that are neither batch nor contracted.
  public func rightFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rightBatch.contains($0) && !rightContracting.contains($0) }
  }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(2)
    let (left, right) = (operands[0], operands[1])
    try left.requireNumeric()
    guard left.dtype == right.dtype else {
      throw Mismatch(
        "element types \(left.dtype.rawValue) and \(right.dtype.rawValue) differ",
        "Convert one of them.")
    }
    let leftAxes = leftBatch + leftContracting
    let rightAxes = rightBatch + rightContracting
    for axis in leftAxes { try left.requireAxis(axis) }
    for axis in rightAxes { try right.requireAxis(axis) }
    guard leftBatch.count == rightBatch.count, leftContracting.count == rightContracting.count,
      Set(leftAxes).count == leftAxes.count, Set(rightAxes).count == rightAxes.count
    else { throw Mismatch("axes repeat or do not pair", "Name each axis once, in pairs.") }
    for (i, j) in zip(leftAxes, rightAxes) where left.shape[i] != right.shape[j] {
      throw Mismatch(
        "axis \(i) of the first has \(left.shape[i]) elements, axis \(j) of the second "
          + "\(right.shape[j])", "Make the inner sizes equal.")
    }
    let sizes =
      leftBatch.map { left.shape[$0] } + leftFree(rank: left.rank).map { left.shape[$0] }
      + rightFree(rank: right.rank).map { right.shape[$0] }
    return TensorType(left.dtype, Shape(sizes))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (left, right) = (operands[0], operands[1])
    let batch = Array(leftBatch.indices)
    let leftFree = leftFree(rank: left.rank)
    let rightFree = rightFree(rank: right.rank)
    let leftPlaces = leftFree.indices.map { batch.count + $0 }
    let rightPlaces = rightFree.indices.map { batch.count + leftFree.count + $0 }

    // [batch, left free, right contracting ascending] → the left operand's order.
    let toLeft = Tensor.apply(
      .dot(
        DotGeneral(
          leftBatch: batch, rightBatch: rightBatch, leftContracting: rightPlaces,
          rightContracting: rightFree)), cotangent, right)
    let leftOrder = leftBatch + leftFree + partners(of: rightContracting, in: leftContracting)
    // [batch, right free, left contracting ascending] → the right operand's order.
    let toRight = Tensor.apply(
      .dot(
        DotGeneral(
          leftBatch: batch, rightBatch: leftBatch, leftContracting: leftPlaces,
          rightContracting: leftFree)), cotangent, left)
    let rightOrder = rightBatch + rightFree + partners(of: leftContracting, in: rightContracting)
    return [toLeft.transposed(inverse(leftOrder)), toRight.transposed(inverse(rightOrder))]
  }

  /// The partner of each axis when `axes` are walked in ascending order.
  private func partners(of axes: [Int], in others: [Int]) -> [Int] {
    zip(axes, others).sorted { $0.0 < $1.0 }.map(\.1)
  }

  private func inverse(_ order: [Int]) -> [Int] {
    var inverse = order
    for (place, axis) in order.enumerated() { inverse[axis] = place }
    return inverse
  }
}
