public import MoruOptimizers

/// What follows when the head is trained: the last blocks of the base go on learning, in small steps.
///
/// The moving statistics of batch normalization stay those of the base, which is used as outside of
/// training, as Keras recommends: the means of a few small batches would spoil what the base has learned
/// from many. Factors and offsets of normalizations in tuned blocks are trained.
///
/// - Source: Yosinski et al. 2014, arXiv:1411.1792; Howard, Ruder 2018, arXiv:1801.06146.
public struct FineTuning: Sendable {
  /// How many of the base's last blocks are trained, at least 1; all if nil.
  public var blocks: Int?
  /// How they are trained.
  public var stage: TrainingStage
  /// What the learning rate is divided by from each block to the one before, at least 1: 2.6 in
  /// ULMFiT.
  public var rateDecay: Double

  /// Training of the last blocks.
  ///
  /// - Parameters:
  ///   - blocks: How many of the last blocks, at least 1; all if nil.
  ///   - stage: How they are trained.
  ///   - rateDecay: What the learning rate is divided by from each block to the one before, at least 1.
  public init(
    blocks: Int?,
    stage: TrainingStage = TrainingStage(epochs: 20, optimizer: .adam(learningRate: 1e-4)),
    rateDecay: Double = 1
  ) {
    self.blocks = blocks
    self.stage = stage
    self.rateDecay = rateDecay
  }
}
