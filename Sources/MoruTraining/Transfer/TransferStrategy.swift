import Foundation
public import MoruData
public import MoruLayers

/// How much of a base another task learns on, by how many samples there are and how alike the tasks are.
///
/// | | similar | different |
/// |---|---|---|
/// | few samples | a head on all of the base | a head on the first two thirds of the blocks |
/// | many samples | head, then the last third of the blocks | head, then all blocks, the first in steps a tenth as large as the last |
///
/// Few samples tune few weights well; late blocks know most of the old task, early ones of any picture.
/// It is a rule of thumb: where a fit takes seconds, compare it with others by cross-validation.
///
/// - Source: Yosinski et al. 2014, arXiv:1411.1792; the four cases are those of Stanford's course CS231n,
///   "Transfer Learning".
public struct TransferStrategy: Sendable, Equatable, CustomStringConvertible {
  /// How many samples there are.
  public enum DataSize: String, Sendable, CaseIterable {
    /// Fewer than 500 of a class on average; of numbers fewer than 5,000.
    case small
    /// As many or more.
    case large
  }

  /// How alike the base's task and the new one are.
  public enum Similarity: String, Sendable, CaseIterable {
    /// The late features of the base serve the new task, too.
    case similar
    /// They do not; early ones may.
    case different
  }

  /// How many samples there are.
  public let size: DataSize
  /// How alike the tasks are.
  public let similarity: Similarity
  /// How many of the base's blocks are used, from the first on.
  public let keptBlocks: Int
  /// How many of the last blocks of these are tuned after the head; 0 for none.
  public let tunedBlocks: Int
  /// What the learning rate is divided by from each tuned block to the one before.
  public let rateDecay: Double
  private let blocks: Int
  private let samples: Int
  private let classes: Int?

  /// The strategy for some samples.
  ///
  /// - Parameters:
  ///   - data: What is learned from.
  ///   - base: What it is learned on.
  ///   - similarity: How alike the tasks are, as you know it, or as ``SimilarityEstimate`` finds it.
  ///   - size: How many samples there are; by their number if nil.
  public init(
    for data: Dataset, on base: TransferBase, similarity: Similarity, size: DataSize? = nil
  ) {
    let classes = data.labels?.count
    let isSmall = classes.map { data.count < 500 * $0 } ?? (data.count < 5000)
    self.init(
      size: size ?? (isSmall ? .small : .large), similarity: similarity,
      blocks: base.blocks.count, samples: data.count, classes: classes)
  }

  init(size: DataSize, similarity: Similarity, blocks: Int, samples: Int, classes: Int?) {
    let third = max(blocks / 3, 1)
    self.size = size
    self.similarity = similarity
    self.blocks = blocks
    self.samples = samples
    self.classes = classes
    switch (size, similarity) {
    case (.small, .similar): (keptBlocks, tunedBlocks, rateDecay) = (blocks, 0, 1)
    case (.small, .different): (keptBlocks, tunedBlocks, rateDecay) = (max(blocks - third, 1), 0, 1)
    case (.large, .similar): (keptBlocks, tunedBlocks, rateDecay) = (blocks, third, 1)
    case (.large, .different):
      let steps = Double(max(blocks - 1, 1))
      (keptBlocks, tunedBlocks) = (blocks, blocks)
      rateDecay = blocks > 1 ? pow(10, 1 / steps) : 1
    }
  }

  /// What is done, and why, in a sentence or two.
  public var description: String {
    let count = classes.map { "\(samples) samples of \($0) classes" } ?? "\(samples) samples"
    let amount = size == .small ? "few" : "many"
    let opening = "\(count) are \(amount), and the task is \(similarity.rawValue)"
    let (what, why) =
      switch (size, similarity) {
      case (.small, .similar):
        (
          "a new head learns on the base's features, and the base stays as it is",
          "so few samples would spoil more in the base than they could teach it"
        )
      case (.small, .different):
        (
          "a new head learns on the features of the first \(keptBlocks) of \(blocks) blocks, which "
            + "stay as they are",
          "later ones know most about the old task"
        )
      case (.large, .similar):
        (
          "a new head learns first, then the last \(tunedBlocks) of \(blocks) blocks with it",
          "there are enough samples to fit late features to the task"
        )
      case (.large, .different):
        (
          "a new head learns first, then all \(blocks) blocks with it, the first in steps a tenth as "
            + "large as the last",
          "the base is a good start, and there are enough samples to change all of it"
        )
      }
    return "\(opening): \(what). The reason: \(why)."
  }
}

extension TransferLearning {
  /// A transfer by a strategy: the base as far as it is kept, and its last blocks tuned if they are to be.
  ///
  /// - Throws: `TrainingError.blocks` for a strategy of another base.
  public init(
    base: TransferBase, following strategy: TransferStrategy, head: [any Layer]? = nil
  ) throws {
    self.init(
      base: try base.keeping(blocks: strategy.keptBlocks), head: head,
      fineTuning: strategy.tunedBlocks == 0
        ? nil : FineTuning(blocks: strategy.tunedBlocks, rateDecay: strategy.rateDecay))
  }
}
