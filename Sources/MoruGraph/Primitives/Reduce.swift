import MoruTensors

/// Combines all elements along some axes, which disappear.
///
/// Over no elements a sum is 0, a product 1, a maximum −∞ (the type's least number) and a minimum
/// +∞. A NaN among the elements makes the result NaN.
public struct Reduce: SingleResultRule, Hashable {
  /// How elements are combined.
  public enum Kind: String, Hashable, Sendable, CaseIterable { case sum, product, maximum, minimum }

  /// How elements are combined.
  public let kind: Kind
  /// The axes that disappear, ascending, each once.
  public let axes: [Int]

  /// Combines along `axes`, which ascend.
  public init(kind: Kind, axes: [Int]) {
    self.kind = kind
    self.axes = axes
  }

  public var name: String { "reduce" }
  public var attributes: String { "\(kind.rawValue) axes \(axes)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    let type = operands[0]
    try type.requireNumeric()
    for axis in axes { try type.requireAxis(axis) }
    guard zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Mismatch("axes \(axes) are not ascending", "Name each axis once, in order.")
    }
    let kept = type.shape.indices.filter { !axes.contains($0) }
    return TensorType(type.dtype, Shape(kept.map { type.shape[$0] }))
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    let x = operands[0]
    let kept = x.shape.indices.filter { !axes.contains($0) }
    func spread(_ reduced: Tensor) -> Tensor {
      .apply(.broadcast(Broadcast(shape: x.shape, axes: kept)), reduced)
    }
    switch kind {
    case .sum: return [spread(cotangent)]
    case .maximum, .minimum:
      // Equal extremes share the cotangent.
      let isExtreme = (x .== spread(result)).converted(to: x.dtype)
      return [isExtreme * spread(cotangent / isExtreme.sum(axes: axes))]
    case .product:
      // The product of all the others, right also where elements are zero.
      let isZero = x .== 0
      let zeros = spread(isZero.converted(to: x.dtype).sum(axes: axes))
      let nonzero = select(isZero, 1, x)
      let product = spread(nonzero.product(axes: axes))
      let others = select(
        isZero, select(zeros .== 1, product, 0), select(zeros .== 0, product / nonzero, 0))
      return [spread(cotangent) * others]
    }
  }
}
