public import MoruGraph
import MoruTensors

/// In training sets whole samples to 0 with probability `rate` and scales the others by `1/(1 − rate)`;
/// otherwise does nothing. Before a shortcut is added, it leaves a sample the shortcut alone.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Huang et al. 2016, arXiv:1603.09382.
public typealias StochasticDepth = DropoutLayer<SampleDropout>

/// Samples are dropped whole.
public enum SampleDropout: DropoutRule {
  public static let kind = "StochasticDepth"

  public static func refused(_ x: Tensor) -> Tensor? {
    guard x.rank == 0 else { return nil }
    return .failure(kind, [x], Mismatch("its input has no batch axis", "Pass [batch, …]."))
  }

  public static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor {
    scope.dropped(x, rate, together: Shape([x.shape[0]] + x.shape.dropFirst().map { _ in 1 }))
  }
}
