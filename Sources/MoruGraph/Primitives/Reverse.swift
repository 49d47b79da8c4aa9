import MoruTensors

/// The elements in opposite order along some axes.
public struct Reverse: SingleResultRule, Hashable {
  /// The axes to reverse, each once.
  public let axes: [Int]

  /// Opposite order along `axes`.
  public init(axes: [Int]) { self.axes = axes }

  public var name: String { "reverse" }
  public var attributes: String { "axes \(axes)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    for axis in axes { try operands[0].requireAxis(axis) }
    guard Set(axes).count == axes.count else {
      throw Mismatch("axes \(axes) repeat", "Name each axis once.")
    }
    return operands[0]
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [cotangent.reversed(axes: axes)]
  }
}
