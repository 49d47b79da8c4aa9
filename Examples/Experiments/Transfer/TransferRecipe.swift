import Foundation
import Moru

/// A way to learn the photos, of which one setting is still to be chosen: the learning rate.
struct TransferRecipe: Sendable {
  let name: String
  /// Rates to choose among by cross-validation on the training photos; one that is not to be chosen.
  let rates: [Double]
  let learner: @Sendable (_ rate: Double) throws -> any Learner

  private static let batchSize = 16
  private static let headRates = [1e-3, 1e-2]
  private static let side = 96

  static func all(on base: TransferBase, for photos: Dataset) throws -> [TransferRecipe] {
    let different = TransferStrategy(for: photos, on: base, similarity: .different)
    let early = try base.keeping(blocks: different.keptBlocks)
    return [
      scratch("from scratch, CIFAR-10's recipe", rates: [5e-3], old: true),
      scratch("from scratch, retuned", rates: [1e-3, 3e-3, 1e-2], old: false),
      TransferRecipe(name: "all at once, CIFAR-10's recipe", rates: [5e-3]) { _ in
        TransferLearning(
          base: base, headStage: nil,
          fineTuning: FineTuning(
            blocks: nil,
            stage: TransferStage(
              epochs: PhotoBase.epochs, batchSize: PhotoBase.batchSize,
              optimizer: PhotoBase.optimizer)))
      },
      TransferRecipe(name: "head only", rates: headRates) {
        TransferLearning(base: base, headStage: head($0))
      },
      TransferRecipe(
        name: "head only, on the first \(early.blocks.count) of \(base.blocks.count) blocks",
        rates: headRates
      ) {
        TransferLearning(base: early, headStage: head($0))
      },
      tuned("head, then the last 2 of \(base.blocks.count) blocks", base, blocks: 2),
      tuned("head, then all blocks", base, blocks: nil),
    ]
  }

  private static func head(_ rate: Double) -> TransferStage {
    TransferStage(epochs: 100, optimizer: .adam(learningRate: .constant(rate)))
  }

  private static func tuned(
    _ name: String, _ base: TransferBase, blocks: Int?
  ) -> TransferRecipe {
    TransferRecipe(name: name, rates: [1e-4, 1e-3]) {
      TransferLearning(
        base: base, headStage: head(1e-2),
        fineTuning: FineTuning(
          blocks: blocks,
          stage: TransferStage(
            epochs: 20, batchSize: batchSize,
            optimizer: .adam(learningRate: .cosineDecay(initial: $0)))))
    }
  }

  private static func scratch(_ name: String, rates: [Double], old: Bool) -> TransferRecipe {
    TransferRecipe(name: name, rates: rates) { rate in
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
