public import MoruTensors

/// Cuts samples into parts by index, for data sets and for tables that are yet to be encoded.
public enum Split {
  /// Indices of a training and a test part; together every sample once.
  public struct TrainTest: Sendable, Equatable {
    /// What is learned from, shuffled.
    public let train: [Int]
    /// What is judged on, shuffled.
    public let test: [Int]
  }

  /// Indices of three parts; together every sample once.
  public struct TrainValidationTest: Sendable, Equatable {
    /// What is learned from, shuffled.
    public let train: [Int]
    /// What models are chosen by, shuffled.
    public let validation: [Int]
    /// What the chosen model is judged on, shuffled.
    public let test: [Int]
  }

  /// A random split of `count` samples. The test part has `⌈testFraction · count⌉`, as in
  /// scikit-learn.
  ///
  /// - Throws: `DataError.fraction` if a part would be empty.
  public static func trainTest(
    count: Int, testFraction: Double, seed: Seed
  ) throws(DataError) -> TrainTest {
    try trainTest(
      groups: [Group(label: nil, indices: Array(0..<count))], count: count,
      fraction: testFraction, name: "test", seed: seed)
  }

  /// A random split that gives each class its share of the test part, to within one sample.
  ///
  /// - Parameter classes: The class of each sample, a place in `labels`.
  /// - Throws: `DataError.fraction` if a part would be empty, `.tooFewSamples` if a class could not
  ///   be in both.
  public static func trainTest(
    stratifiedBy classes: [Int32], labels: [String], testFraction: Double, seed: Seed
  ) throws(DataError) -> TrainTest {
    try trainTest(
      groups: groups(Array(classes.indices), classes, labels), count: classes.count,
      fraction: testFraction, name: "test", seed: seed)
  }

  /// A random split between whose parts groups are parted whole: `⌈testFraction · groups⌉` of them are
  /// tested on, however many samples they have.
  ///
  /// - Parameter groups: Which samples belong together, one for each sample.
  /// - Throws: `DataError.folds` if a part would be empty.
  public static func trainTest(
    groups: [some Hashable & Comparable], testFraction: Double, seed: Seed
  ) throws(DataError) -> TrainTest {
    let folds = try GroupShuffleSplit(1, testSize: .share(testFraction), seed: seed)
      .folds(of: SplitSamples(count: groups.count, groups: groups))
    var generator = seed.child("order").generator
    return TrainTest(
      train: folds[0].train.shuffled(using: &generator),
      test: folds[0].test.shuffled(using: &generator))
  }

  /// A random split into three; both fractions are of all samples. The test part is drawn first,
  /// and is the one that `trainTest` draws from the same seed.
  ///
  /// - Parameter classes: The class of each sample for a stratified split; nil for a plain one.
  /// - Throws: As `trainTest`.
  public static func trainValidationTest(
    count: Int, stratifiedBy classes: [Int32]? = nil, labels: [String] = [],
    validationFraction: Double, testFraction: Double, seed: Seed
  ) throws(DataError) -> TrainValidationTest {
    func grouped(_ indices: [Int]) -> [Group] {
      classes.map { groups(indices, $0, labels) } ?? [Group(label: nil, indices: indices)]
    }
    if let classes, classes.count != count {
      throw .inconsistent("\(classes.count) classes for \(count) samples")
    }
    let outer = try trainTest(
      groups: grouped(Array(0..<count)), count: count, fraction: testFraction, name: "test",
      seed: seed)
    let inner = try trainTest(
      groups: grouped(outer.train.sorted()), count: count, fraction: validationFraction,
      name: "validation", seed: seed.child("validation"))
    return TrainValidationTest(train: inner.train, validation: inner.test, test: outer.test)
  }

  /// The samples of one class, or all of them.
  private struct Group {
    let label: String?
    let indices: [Int]
  }

  private static func groups(
    _ indices: [Int], _ classes: [Int32], _ labels: [String]
  ) -> [Group] {
    Dictionary(grouping: indices) { classes[$0] }.sorted { $0.key < $1.key }.map { index, members in
      let place = Int(index)
      return Group(
        label: labels.indices.contains(place) ? labels[place] : "\(index)", indices: members)
    }
  }

  /// - Parameter count: The samples that `fraction` is a fraction of.
  private static func trainTest(
    groups: [Group], count: Int, fraction: Double, name: String, seed: Seed
  ) throws(DataError) -> TrainTest {
    let available = groups.reduce(0) { $0 + $1.indices.count }
    guard fraction > 0, fraction < 1, count > 0 else {
      throw .fraction(name: "\(name) fraction", value: fraction, count: count)
    }
    let wanted = wholeShare(fraction, of: count)
    guard wanted > 0, wanted < available else {
      throw .fraction(name: "\(name) fraction", value: fraction, count: count)
    }
    let quotas = shares(of: wanted, among: groups.map(\.indices.count))
    var train: [Int] = []
    var test: [Int] = []
    for (place, (group, quota)) in zip(groups, quotas).enumerated() {
      if let label = group.label {
        guard quota > 0 else {
          throw .tooFewSamples(label: label, count: group.indices.count, part: name)
        }
        guard quota < group.indices.count else {
          throw .tooFewSamples(label: label, count: group.indices.count, part: "training")
        }
      }
      var generator = seed.child("split").child(place).generator
      let order = group.indices.shuffled(using: &generator)
      test += order[..<quota]
      train += order[quota...]
    }
    var generator = seed.child("order").generator
    train.shuffle(using: &generator)
    test.shuffle(using: &generator)
    return TrainTest(train: train, test: test)
  }

  /// `⌈fraction · count⌉`, where a product that is whole but for rounding (0.07 · 100 is
  /// 7.000000000000001) counts as whole.
  private static func wholeShare(_ fraction: Double, of count: Int) -> Int {
    Int(product(fraction, of: count).rounded(.up))
  }

  /// `fraction · count`, whole if it is so but for rounding.
  static func product(_ fraction: Double, of count: Int) -> Double {
    let product = fraction * Double(count)
    let nearest = product.rounded()
    return abs(product - nearest) < 1e-9 * Double(count) ? nearest : product
  }

  /// Shares of `total` in proportion to `sizes`, each within one of its exact share: the largest
  /// remainders are rounded up, the first of equal ones.
  private static func shares(of total: Int, among sizes: [Int]) -> [Int] {
    let sum = max(sizes.reduce(0, +), 1)
    let products = sizes.map { total * $0 }
    var result = products.map { $0 / sum }
    let byRemainder = sizes.indices.sorted { first, second in
      (products[second] % sum, first) < (products[first] % sum, second)
    }
    for place in byRemainder.prefix(total - result.reduce(0, +)) { result[place] += 1 }
    return result
  }
}

extension Dataset {
  /// A random split into a training and a test part.
  ///
  /// - Parameter stratified: Whether each class has its share in both, to within one sample.
  /// - Throws: `DataError.noClasses` for a stratified split without classes, `.resampled` for samples
  ///   that a resampler made, else as `Split.trainTest`.
  public func trainTestSplit(
    testFraction: Double, stratified: Bool, seed: Seed
  ) throws(DataError) -> (train: Dataset, test: Dataset, indices: Split.TrainTest) {
    try checkCuttable()
    let indices: Split.TrainTest
    if stratified {
      let (classes, labels) = try classesForStratification()
      indices = try Split.trainTest(
        stratifiedBy: classes, labels: labels, testFraction: testFraction, seed: seed)
    } else {
      indices = try Split.trainTest(count: count, testFraction: testFraction, seed: seed)
    }
    return (try subset(indices.train), try subset(indices.test), indices)
  }

  /// A random split between whose parts groups are parted whole: photographs of one part, days of one
  /// machine.
  ///
  /// - Parameter groups: Which samples belong together, one for each sample.
  /// - Throws: `DataError.inconsistent` unless there is one for each sample, `.folds` if a part would be
  ///   empty, `.resampled` for samples that a resampler made.
  public func trainTestSplit(
    testFraction: Double, groups: [some Hashable & Comparable], seed: Seed
  ) throws(DataError) -> (train: Dataset, test: Dataset, indices: Split.TrainTest) {
    try checkCuttable()
    guard groups.count == count else {
      throw .inconsistent("\(groups.count) groups for \(counted(count, "sample"))")
    }
    let indices = try Split.trainTest(groups: groups, testFraction: testFraction, seed: seed)
    return (try subset(indices.train), try subset(indices.test), indices)
  }

  /// A random split into training, validation and test parts; both fractions are of all samples.
  ///
  /// - Throws: As `trainTestSplit`.
  public func trainValidationTestSplit(
    validationFraction: Double, testFraction: Double, stratified: Bool, seed: Seed
  ) throws(DataError) -> (
    train: Dataset, validation: Dataset, test: Dataset, indices: Split.TrainValidationTest
  ) {
    try checkCuttable()
    let strata = stratified ? try classesForStratification() : nil
    let indices = try Split.trainValidationTest(
      count: count, stratifiedBy: strata?.classes, labels: strata?.labels ?? [],
      validationFraction: validationFraction, testFraction: testFraction, seed: seed)
    return (
      try subset(indices.train), try subset(indices.validation), try subset(indices.test), indices
    )
  }

  private func classesForStratification() throws(DataError) -> (
    classes: [Int32], labels: [String]
  ) {
    guard let classes else { throw .noClasses(wanted: "A stratified split") }
    return (classes.indices, classes.labels)
  }
}
