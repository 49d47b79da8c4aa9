import MoruGraph

/// What a generator and its discriminator make small.
public enum GANLoss: Hashable, Sendable {
  /// The discriminator's logit d says that a sample is real. It makes
  /// `mean softplus(−d(x)) + mean softplus(d(G(z)))` small, the generator `mean softplus(−d(G(z)))`.
  /// Where the generator makes what the data are, no discriminator does better than 2 ln 2, and the
  /// generator has ln 2.
  ///
  /// - Source: Goodfellow et al. 2014, arXiv:1406.2661, the generator's loss of its section 3
  ///   ("maximize log D(G(z))").
  case nonSaturating
  /// The critic f makes `mean f(G(z)) − mean f(x) + penalty · mean (‖∇f(x̂)‖ − 1)²` small, where x̂ lies
  /// anywhere between a real and a made sample; the generator `−mean f(G(z))`. Without the penalty the
  /// critic's loss is the negative Wasserstein distance, which is 0 in the end. Samples of one number do
  /// not suit it: there a critic cannot turn round without a slope of 0, which the penalty forbids.
  ///
  /// - Source: Gulrajani et al. 2017, arXiv:1704.00028 (WGAN-GP), algorithm 1.
  case wasserstein(penalty: Double = 10)

  /// The discriminator's loss where the generator makes what the data are.
  public var optimum: Double {
    switch self {
    case .nonSaturating: 2 * 0.693_147_180_559_945_3
    case .wasserstein: 0
    }
  }

  /// What the discriminator makes small, but for the penalty on gradients.
  func discriminator(real: Tensor, made: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: softplus(-real).mean() + softplus(made).mean()
    case .wasserstein: made.mean() - real.mean()
    }
  }

  /// What the generator makes small.
  func generator(made: Tensor) -> Tensor {
    switch self {
    case .nonSaturating: softplus(-made).mean()
    case .wasserstein: -made.mean()
    }
  }
}
