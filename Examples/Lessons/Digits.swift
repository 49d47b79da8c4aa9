import Foundation
import Moru

/// The handwritten digits of 8×8 that ship with the repository.
enum Digits {
  /// The digits as pictures, or as rows of 64 numbers, in a training and a test part.
  static func split(
    shape: Shape = [8, 8, 1], seed: Seed = 0
  ) throws -> (train: Dataset, test: Dataset) {
    let all = try Dataset.csv(
      at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: shape)
    let parts = try all.trainTestSplit(testFraction: 0.25, stratified: true, seed: seed)
    return (parts.train, parts.test)
  }

  /// A network of fully connected layers.
  static func mlp(_ units: Int = 64) -> Sequential {
    Sequential {
      Rescaling(1.0 / 16)
      Flatten()
      Dense(units, activation: .relu)
      Dense(10, activation: .softmax)
    }
  }
}
