import MoruTensors

/// Each element is the sum of those up to it along one axis.
public struct CumulativeSum: SingleResultRule, Hashable {
  /// The axis along which sums run.
  public let axis: Int
  /// Whether an element leaves itself out.
  public let isExclusive: Bool
  /// Whether sums run from the end.
  public let isReversed: Bool

  /// Running sums along `axis`.
  public init(axis: Int, isExclusive: Bool = false, isReversed: Bool = false) {
    self.axis = axis
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }

  public var name: String { "cumulativeSum" }
  public var attributes: String {
    "axis \(axis)" + (isExclusive ? " exclusive" : "") + (isReversed ? " reversed" : "")
  }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    try operands[0].requireNumeric()
    try operands[0].requireAxis(axis)
    return operands[0]
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let mirrored = CumulativeSum(axis: axis, isExclusive: isExclusive, isReversed: !isReversed)
    return [.apply(.cumulativeSum(mirrored), cotangent)]
  }
}
