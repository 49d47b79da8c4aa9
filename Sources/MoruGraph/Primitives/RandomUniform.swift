import MoruTensors

/// Numbers uniform in [0, 1): a pure function of the seed, the stream and the element's index, so
/// that every executor makes the same ones.
///
/// The operand is an Int64 vector of two: the key and the step. With Philox4x32-10 under the key's
/// two words (low, high) and the counter (block, stream, step low, step high), Float32 element i is
/// `(w >> 8) · 2⁻²⁴` of word i mod 4 of block i / 4; Float64 element i is `(u >> 11) · 2⁻⁵³` of
/// words 2(i mod 2) (low) and 2(i mod 2) + 1 (high) of block i / 2.
public struct RandomUniform: SingleResultRule, Hashable {
  /// Type of the result, Float32 or Float64.
  public let type: TensorType
  /// Tells apart the draws made with one seed in one step.
  public let stream: UInt32

  /// Numbers of a floating-point type, drawn from one stream.
  public init(type: TensorType, stream: UInt32) {
    self.type = type
    self.stream = stream
  }

  public var name: String { "random" }
  public var attributes: String { "stream \(stream)" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    try operands.expect(1)
    guard operands[0] == TensorType(.int64, [2]) else {
      throw Mismatch("a seed is i64[2]: key and step", "Pass the seed the layer was given.")
    }
    try type.requireFloating()
    guard type.dtype != .bfloat16 else {
      throw Mismatch(
        "BFloat16 would round some numbers to 1", "Draw Float32 numbers and convert them.")
    }
    return type
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] { [nil] }
}
