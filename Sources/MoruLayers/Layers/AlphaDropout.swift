public import MoruGraph

/// In training sets each element to selu's lower bound `−λα` with probability `rate`, then scales and
/// shifts all so that mean 0 and variance 1 stay; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515, section 3.
public typealias AlphaDropout = DropoutLayer<SELUDropout>

/// Dropped elements are set to selu's lower bound.
public enum SELUDropout: DropoutRule {
  public static let kind = "AlphaDropout"

  public static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor {
    guard let seed = scope.seed, rate > 0 else { return x }
    let bound = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946
    let factor = 1 / ((1 - rate) * (1 + rate * bound * bound)).squareRoot()
    let draw = Tensor.randomUniform(
      x.shape, seed: seed, stream: scope.nextStream(), dtype: x.dtype)
    let kept = select(draw .>= Tensor(rate), x, Tensor(bound))
    return Tensor(factor) * kept - Tensor(factor * bound * rate)
  }
}
