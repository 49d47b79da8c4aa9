public import MoruGraph

/// In training multiplies each element by a normal number of mean 1 and standard deviation
/// `√(rate/(1 − rate))`, noise of the same variance as `Dropout`'s; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Srivastava et al. 2014, JMLR 15, section 10.
public typealias GaussianDropout = DropoutLayer<NormalDropout>

/// Elements are multiplied by normal numbers.
public enum NormalDropout: DropoutRule {
  public static let kind = "GaussianDropout"

  public static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor {
    guard let seed = scope.seed, rate > 0 else { return x }
    let noise = Tensor.randomNormal(
      x.shape, seed: seed, stream: scope.nextStream(), dtype: x.dtype)
    return x * (1 + Tensor((rate / (1 - rate)).squareRoot()) * noise)
  }
}
