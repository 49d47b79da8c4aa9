public import MoruArchive
public import MoruGraph

/// How parameters follow their gradients.
public protocol Optimizer: NamedPart {
  /// What every optimizer has: step size, clipping, weight decay and the like.
  var settings: UpdateSettings { get set }

  /// What is kept for a parameter from step to step, before the first one.
  func initialSlots(for parameter: Tensor) -> [Tensor]

  /// Which optimizer moves a parameter: itself, unless it leaves some to another.
  ///
  /// - Parameter parameter: The present value.
  /// - Parameter name: Its path, if parameters have names.
  func optimizer(of parameter: Tensor, named name: String?) -> any Optimizer

  /// The next value of one parameter, whose gradient is clipped and which has shrunk already.
  ///
  /// - Parameters:
  ///   - parameter: The present value.
  ///   - gradient: The loss's gradient, of the same shape.
  ///   - slots: What is kept for this parameter; changed.
  ///   - rate: The learning rate of this step, a scalar of the parameter's type.
  ///   - step: Number of this step, from 1 on, a Float64 scalar.
  func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor
}

extension Optimizer {
  public func optimizer(of parameter: Tensor, named name: String?) -> any Optimizer { self }

  /// Step size by iteration.
  public var learningRate: LearningRate { settings.learningRate }

  /// The same optimizer with other settings.
  public func with(_ change: (inout UpdateSettings) -> Void) -> Self {
    var copy = self
    change(&copy.settings)
    return copy
  }

  /// The same optimizer with another step size.
  public func withLearningRate(_ learningRate: LearningRate) -> Self {
    with { $0.learningRate = learningRate }
  }

  /// The same optimizer, which moves each element of a gradient into `[−limit, limit]` first.
  ///
  /// - Parameter limit: Above 0.
  public func clipping(value limit: Double) -> Self { with { $0.clipValue = limit } }

  /// The same optimizer, which first shortens each parameter's gradient to a length of at most
  /// `limit`.
  ///
  /// - Parameter limit: Above 0.
  public func clipping(norm limit: Double) -> Self { with { $0.clipNorm = limit } }

  /// The same optimizer, which first shortens the gradient of all parameters together to a length of
  /// at most `limit`, so that its direction stays.
  ///
  /// - Parameter limit: Above 0.
  /// - Source: Pascanu, Mikolov, Bengio 2012, arXiv:1211.5063.
  public func clipping(globalNorm limit: Double) -> Self { with { $0.globalClipNorm = limit } }

  /// The same optimizer, under which weights shrink by themselves: `w ← w · (1 − rate · decay)` before
  /// each step.
  ///
  /// - Parameter decay: At least 0.
  /// - Source: Loshchilov, Hutter 2017, arXiv:1711.05101.
  public func decaying(weights decay: Double) -> Self { with { $0.weightDecay = decay } }

  /// The same optimizer, beside which a running mean of the weights is kept:
  /// `mean ← momentum · mean + (1 − momentum) · w` after each step, which begins with the weights after
  /// the first one. `fit` ends with the means as the model's weights.
  ///
  /// - Parameter momentum: How slowly the mean follows, at least 0 and below 1.
  /// - Parameter overwriteFrequency: After how many steps, at least 1, the weights are set to their
  ///   means each time; never if nil.
  /// - Source: Polyak, Juditsky 1992, doi:10.1137/0330046.
  public func averaging(momentum: Double = 0.99, overwriteFrequency: Int? = nil) -> Self {
    with {
      $0.emaMomentum = momentum
      $0.emaOverwriteFrequency = overwriteFrequency
    }
  }

  /// The same optimizer, whose learning rate is another one for some layers, as in fine-tuning, where
  /// the layers that were trained before need smaller steps than new ones.
  ///
  /// - Parameter factors: What the learning rate of the parameters below a path, such as `base` or
  ///   `base/block1`, is multiplied by, at least 0; 1 for paths not named. The longest path that fits
  ///   decides.
  /// - Source: Howard, Ruder 2018, arXiv:1801.06146, "discriminative fine-tuning".
  public func scalingRates(_ factors: [String: Double]) -> Self {
    with { $0.rateFactors = factors }
  }

  /// The same optimizer, which leaves elements of parameters that are exactly 0 at 0, as in training of
  /// what was pruned.
  ///
  /// - Parameter paths: Of the layers or weights in which it does so, such as `dense/kernel`.
  /// - Source: Han et al. 2015, arXiv:1506.02626.
  public func keepingZeros(_ paths: [String]) -> Self { with { $0.keptZeros = paths } }

  /// The same optimizer for losses that are multiplied before gradients are taken, so that small
  /// gradients do not vanish in short number types; gradients are divided again before the step.
  public func scalingLoss(_ scaling: LossScaling) -> Self { with { $0.lossScaling = scaling } }
}
