import MoruTensors

/// Each element is its own index along one axis.
public struct Iota: SingleResultRule, Hashable {
  /// Type of the result.
  public let type: TensorType
  /// The axis whose indices are written.
  public let axis: Int

  /// Indices along one axis of a value of `type`.
  public init(type: TensorType, axis: Int) {
    self.type = type
    self.axis = axis
  }

  public var name: String { "iota" }
  public var attributes: String { "axis \(axis)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(0)
    try type.requireAxis(axis)
    try type.requireNumeric()
    return type
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] { [] }
}
