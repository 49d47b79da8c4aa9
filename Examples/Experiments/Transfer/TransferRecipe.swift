import Foundation
import Moru

/// A way to learn the photos. Rates are what three-fold cross-validation on the training photos chose once,
/// from scratch among 0.001, 0.003 and 0.01 and of heads among 0.001 and 0.01; that of tuned blocks is the
/// usual one.
struct TransferRecipe: Sendable {
  let name: String
  let rate: Double
  let learner: @Sendable () throws -> any Learner

  private static let batchSize = 16
  private static let headRate = 1e-2
  private static let side = 96

  static func all(on base: TransferBase, for photos: Dataset) throws -> [TransferRecipe] {
    let different = TransferStrategy(for: photos, on: base, similarity: .different)
    let early = try base.keeping(blocks: different.keptBlocks)
    return [
      scratch("from scratch, CIFAR-10's recipe", rate: 5e-3, old: true),
      scratch("from scratch, retuned", rate: 3e-3, old: false),
      TransferRecipe(name: "all at once, CIFAR-10's recipe", rate: 5e-3) {
        TransferLearning(
          base: base, headStage: nil,
          fineTuning: FineTuning(
            blocks: nil,
            stage: TrainingStage(
              epochs: PhotoBase.epochs, batchSize: PhotoBase.batchSize,
              optimizer: PhotoBase.optimizer)))
      },
      TransferRecipe(name: "head only", rate: headRate) {
        TransferLearning(base: base, headStage: head(headRate))
      },
      TransferRecipe(
        name: "head only, on the first \(early.blocks.count) of \(base.blocks.count) blocks",
        rate: headRate
      ) {
        TransferLearning(base: early, headStage: head(headRate))
      },
      tuned("head, then the last 2 of \(base.blocks.count) blocks", base, blocks: 2),
      tuned("head, then all blocks", base, blocks: nil),
    ]
  }

  private static func head(_ rate: Double) -> TrainingStage {
    TrainingStage(epochs: 100, optimizer: .adam(learningRate: .constant(rate)))
  }

  private static func tuned(
    _ name: String, _ base: TransferBase, blocks: Int?
  ) -> TransferRecipe {
    let rate = 1e-4
    return TransferRecipe(name: name, rate: rate) {
      TransferLearning(
        base: base, headStage: head(headRate),
        fineTuning: FineTuning(
          blocks: blocks,
          stage: TrainingStage(
            epochs: 20, batchSize: batchSize,
            optimizer: .adam(learningRate: .cosineDecay(initial: rate)))))
    }
  }

  private static func scratch(_ name: String, rate: Double, old: Bool) -> TransferRecipe {
    TransferRecipe(name: name, rate: rate) {
      NamedLearner(name) { data, seed in
        try await PhotoNetwork.model(side: side, classes: 3).fit(
          data, epochs: old ? PhotoBase.epochs : 40,
          batchSize: old ? PhotoBase.batchSize : batchSize,
          optimizer: old ? PhotoBase.optimizer : .adam(learningRate: .cosineDecay(initial: rate)),
          loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: seed)
      }
    }
  }
}
