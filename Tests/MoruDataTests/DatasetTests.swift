import Foundation
import MoruData
import MoruTensors
import Testing

private func small() throws -> Dataset {
  try Dataset(
    source: "small",
    features: [Dataset.Feature(values: HostTensor([[1, 2], [3, 4], [5, 6]] as [[Float]]))],
    targets: .classes([1, 0, 1], labels: ["a", "b"]))
}

@Test func subsetsKeepSamplesAndTargetsTogether() throws {
  let part = try small().subset([2, 0, 2])
  #expect(part.features[0].values == (try HostTensor([[5, 6], [1, 2], [5, 6]] as [[Float]])))
  #expect(part.target == .classes([1, 1, 1], labels: ["a", "b"]))
  #expect(part.classCounts == [0, 3])
  #expect(part.targets[0].tensor == HostTensor([1, 1, 1] as [Int32]))
  #expect(
    message { _ = try small().subset([3]) }
      == "The data set is inconsistent: there is no sample 3 among 3.")
}

@Test func theContentHashFollowsTheContent() throws {
  let data = try small()
  let hash = data.contentHash
  #expect(hash == (try small().contentHash))
  #expect(hash == (try data.subset([0, 1, 2]).contentHash))
  #expect(hash != (try data.subset([1, 0, 2]).contentHash))
  // Python's hashlib over the text that `contentHash` describes.
  #expect(
    "\(hash)" == "ed2ff6e2e666dab06f844464aec167dc4aef9b99cf3c0449f4ff7c7e67fc5e26")
  let relabelled = try Dataset(
    source: "small", features: data.features, targets: .classes([1, 0, 1], labels: ["a", "c"]))
  #expect(hash != relabelled.contentHash)
}

@Test func partsThatDoNotBelongTogetherAreRefused() throws {
  let matrix = try HostTensor([[1], [2]] as [[Float]])
  func build(_ features: [Dataset.Feature], _ targets: Dataset.Targets?) -> String {
    message { _ = try Dataset(source: "x", features: features, targets: targets) }
  }
  #expect(build([], nil) == "The data set is inconsistent: it has no feature.")
  #expect(
    build([Dataset.Feature(values: matrix)], .values([1]))
      == "The data set is inconsistent: 1 targets for 2 samples.")
  #expect(
    build([Dataset.Feature(values: matrix)], .classes([0, 2], labels: ["a", "b"]))
      == "x: label 2 at index 1 is outside the 2 classes (0 to 1). "
      + "Correct it, or name all classes.")
  #expect(build([Dataset.Feature(values: HostTensor(1 as Float))], nil).contains("no axis"))
}

/// Three samples with a target of every kind, and weights.
private func tagged() throws -> Dataset {
  try Dataset(
    source: "tagged", features: [Dataset.Feature(values: HostTensor([1, 2, 3] as [Float]))],
    targets: [
      Dataset.Target(name: "price", values: .values([10, 20, 30])),
      Dataset.Target(
        name: "tags",
        values: .labelSets(
          try HostTensor([[0, 1], [1, 1], [0, 0]] as [[Float]]), labels: ["red", "round"])),
      Dataset.Target(name: "kind", values: .classes([0, 1, 0], labels: ["a", "b"])),
      Dataset.Target(name: "picture", values: .tensor(.zeros([3, 2, 2, 1]))),
    ], sampleWeights: [1, 0, 0.5])
}

@Test func everyTargetAndTheWeightsGoWithTheirSamples() throws {
  let part = try tagged().subset([1, 0])
  #expect(part.target == .values([20, 10]))
  #expect(part.targets[1].tensor == (try HostTensor([[1, 1], [0, 1]] as [[Float]])))
  #expect(part.targets[2].values == .classes([1, 0], labels: ["a", "b"]))
  #expect(part.targets[3].tensor.shape == [2, 2, 2, 1])
  #expect(part.sampleWeights == [0, 1])
  // The first target that is classes, not the first one.
  #expect(part.labels == ["a", "b"] && part.classCounts == [1, 1])
  #expect(
    try tagged().trainTestSplit(testFraction: 0.5, stratified: false, seed: 1).test.count == 2)
}

@Test func theContentHashHeedsNamesOfTargetsAndWeights() throws {
  let data = try tagged()
  func hash(_ targets: [Dataset.Target], _ weights: [Float]?) throws -> String {
    let changed = try Dataset(
      source: "x", features: data.features, targets: targets, sampleWeights: weights)
    return "\(changed.contentHash)"
  }
  let renamed = [Dataset.Target(name: "cost", values: .values([10, 20, 30]))] + data.targets[1...]
  let hashes = [
    "\(data.contentHash)", try hash(renamed, [1, 0, 0.5]), try hash(data.targets, nil),
    try hash(data.targets, [1, 0, 1]), try hash(data.targets.reversed(), [1, 0, 0.5]),
  ]
  #expect(Set(hashes).count == hashes.count)
  #expect(try hash(data.targets, [1, 0, 0.5]) == hashes[0])
}

@Test func targetsAndWeightsThatDoNotFitAreRefused() throws {
  let feature = Dataset.Feature(values: HostTensor([1, 2] as [Float]))
  func text(_ targets: [Dataset.Target], _ weights: [Float]? = nil) -> String {
    message {
      _ = try Dataset(source: "x", features: [feature], targets: targets, sampleWeights: weights)
    }
  }
  let price = Dataset.Target(name: "price", values: .values([1, 2]))
  #expect(text([price, price]).contains("two targets have the same name"))
  #expect(
    text([.init(values: .tensor(HostTensor(1 as Float)))]).contains("no targets for 2 samples"))
  #expect(
    text([.init(values: .labelSets(.zeros([2, 3]), labels: ["a", "b"]))])
      .contains("label sets of shape [2, 3] for 2 samples and 2 labels"))
  #expect(
    text([
      .init(values: .labelSets(try HostTensor([[0.5], [1]] as [[Float]]), labels: ["a"]))
    ]).contains("something else than 0 and 1"))
  #expect(text([price], [1]).contains("1 weights for 2 samples"))
  for wrong in [-1, Float.nan, .infinity] {
    #expect(text([price], [1, wrong]).contains("negative or not finite"))
  }
}

@Test func aStratifiedSplitKeepsEveryClassWithinOneSample() throws {
  let expected = try Expected.load().digits
  let digits = try Dataset.csv(at: digitsFile, target: "label")
  let (train, test, indices) = try digits.trainTestSplit(
    testFraction: 0.2, stratified: true, seed: 1)
  #expect(Set(indices.train + indices.test).count == digits.count)
  #expect(indices.train.count + indices.test.count == digits.count)
  #expect(test.count == expected.stratifiedTest.reduce(0, +))
  let counts = try #require(test.classCounts)
  for (label, count) in counts.enumerated() {
    #expect(abs(count - expected.stratifiedTest[label]) <= 1)
    #expect(abs(Double(count) - 0.2 * Double(expected.classes[label])) <= 1)
  }
  #expect(try digits.subset(indices.train) == train)
  let again = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 1).indices
  #expect(again == indices)
  let other = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 2).indices
  #expect(other != indices)
}

@Test func threePartsHoldEverySampleOnce() throws {
  let digits = try Dataset.csv(at: digitsFile, target: "label")
  let (train, validation, test, indices) = try digits.trainValidationTestSplit(
    validationFraction: 0.15, testFraction: 0.2, stratified: true, seed: 7)
  #expect(train.count == 1167)
  #expect(validation.count == 270)
  #expect(test.count == 360)
  #expect(Set(indices.train + indices.validation + indices.test).count == 1797)
  let twoParts = try digits.trainTestSplit(testFraction: 0.2, stratified: true, seed: 7)
  #expect(twoParts.indices.test == indices.test)
}

@Test(arguments: [(0.07, 100, 7), (0.1, 10, 1), (0.25, 10, 3), (0.001, 10, 1)])
func theTestPartIsRoundedUp(_ fraction: Double, _ count: Int, _ expected: Int) throws {
  let split = try Split.trainTest(count: count, testFraction: fraction, seed: 0)
  #expect(split.test.count == expected)
  #expect((split.train + split.test).sorted() == Array(0..<count))
}

@Test func splitsThatCannotBeAreErrors() throws {
  for fraction in [0, 1, -0.5, Double.nan, 0.99] {
    #expect(
      message { _ = try Split.trainTest(count: 10, testFraction: fraction, seed: 0) }
        == "The test fraction \(fraction) of 10 samples leaves a part empty. "
        + "Choose a fraction between 0 and 1 that gives every part a sample.")
  }
  let classes = [Int32](repeating: 0, count: 30) + [1]
  #expect(
    message {
      _ = try Split.trainTest(
        stratifiedBy: classes, labels: ["good", "bad"], testFraction: 0.2, seed: 0)
    } == "Class 'bad' has 1 sample, too few for the test part to hold one. "
      + "Add samples, change the fraction, or split without stratification.")
  let numbers = try Dataset(
    source: "x", features: [Dataset.Feature(values: HostTensor([1, 2] as [Float]))],
    targets: .values([1, 2]))
  #expect(
    message { _ = try numbers.trainTestSplit(testFraction: 0.5, stratified: true, seed: 0) }
      == "A stratified split needs classes, but the targets are numbers or absent. "
      + "Use data with class labels.")
}

@Test func everyEpochHoldsEverySampleOnceInItsOwnOrder() {
  let plan = BatchPlan(sampleCount: 103, batchSize: 10, seed: 5)
  let batches = plan.batches(epoch: 0)
  #expect(plan.batchCount == 11)
  #expect(batches.map(\.count) == Array(repeating: 10, count: 10) + [3])
  #expect(batches.flatMap { $0 }.sorted() == Array(0..<103))
  #expect(plan.batches(epoch: 0) == batches)
  #expect(plan.batches(epoch: 1) != batches)
  let ordered = BatchPlan(sampleCount: 4, batchSize: 3, seed: 5, shuffles: false)
  #expect(ordered.batches(epoch: 3) == [[0, 1, 2], [3]])
  #expect(BatchPlan(sampleCount: 0, batchSize: 3, seed: 5).batches(epoch: 0).isEmpty)
}
