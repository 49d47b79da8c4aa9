import MoruTensors

/// The first operand, but not before the others are computed: StableHLO's optimization barrier.
///
/// `(x, others…) → x`. Nothing that reads the result runs before the others are there, and no pass
/// takes the result for `x` itself, so that a computation repeated behind a barrier is repeated
/// then and there.
public struct Barrier: SingleResultRule, Hashable {
  /// A barrier of as many operands as it is given.
  public init() {}

  public var name: String { "barrier" }

  func inferOne(_ operands: [TensorType]) throws(Mismatch) -> TensorType {
    guard let type = operands.first else {
      throw Mismatch("there is nothing to hold back", "Pass at least one tensor.")
    }
    return type
  }

  func gradient(operands: [Tensor], result: Tensor, cotangent: Tensor) -> [Tensor?] {
    [cotangent] + operands.dropFirst().map { _ in nil }
  }
}
