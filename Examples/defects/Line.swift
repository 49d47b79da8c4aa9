import Foundation
import Moru

/// A production line in which one part of a hundred is a defect, a shirt among other clothes: samples
/// to learn from, to choose thresholds by, and to be judged on, all at that ratio.
struct Line: CustomStringConvertible {
  /// One defect in a hundred.
  static let defectShare = 0.01
  static let labels = ["good", "defect"]
  /// The place of shirts among Fashion-MNIST's classes: they look like T-shirts, pullovers and coats.
  private static let shirt: Int32 = 6

  let train: Dataset
  let validation: Dataset
  let test: Dataset

  /// All of Fashion-MNIST, with shirts as defects.
  static func samples(at folder: URL) throws -> Dataset {
    let (train, test) = try Dataset.mnist(at: folder)
    let pictures = try HostTensor.concatenated(
      [train.features[0].values, test.features[0].values])
    let classes = (train.classes?.indices ?? []) + (test.classes?.indices ?? [])
    return try Dataset(
      source: "Fashion-MNIST", features: [.init(values: pictures)],
      targets: .classes(classes.map { $0 == shirt ? 1 : 0 }, labels: labels))
  }

  /// Thins the defects out until there is one in a hundred, and sets the test part aside first: more
  /// than half of all, so that it holds enough defects to be told from luck.
  init(drawnFrom all: Dataset, seed: Seed) throws {
    // This is how the field looks; nothing is balanced here.
    let field = try all.subset(
      Split.drawn(
        from: Array(0..<all.count), classes: all.classes?.indices ?? [], labels: Self.labels,
        shares: [1 - Self.defectShare, Self.defectShare], seed: seed.child("thinning")
      ).drawn)
    let parts = try field.trainValidationTestSplit(
      validationFraction: 0.15, testFraction: 0.55, stratified: true, seed: seed)
    (train, validation, test) = (parts.train, parts.validation, parts.test)
  }

  var description: String {
    let parts = [("learn from", train), ("choose by", validation), ("judge on", test)]
    return parts.map { name, data in
      let counts = data.classCounts ?? []
      return "to \(name): \(counts[0]) good parts, \(counts[1]) defects"
    }.joined(separator: "\n") + "\n"
  }
}
