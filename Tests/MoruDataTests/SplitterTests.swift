import GoldenKit
import MoruData
import MoruTensors
import Testing

@Suite("Splitters") struct SplitterTests {
  private let classes: [Int32] = [0, 1, 1, 0, 2, 2, 1, 0, 1, 1, 2, 0, 0, 1]
  private let groups = ["b", "a", "a", "c", "b", "d", "d", "d", "c", "e", "e", "a", "f", "f"]
  private func samples() throws -> SplitSamples {
    try SplitSamples(count: classes.count, classes: classes, groups: groups)
  }

  private static func splitter(_ file: GoldenFile) throws -> any Splitter {
    func number(_ key: String) throws -> Int { try file.config.value(key).integer() }
    return switch file.className {
    case "KFold": KFold(try number("n_splits"))
    case "StratifiedKFold": StratifiedKFold(try number("n_splits"))
    case "GroupKFold": GroupKFold(try number("n_splits"))
    case "StratifiedGroupKFold": StratifiedGroupKFold(try number("n_splits"))
    case "LeaveOneOut": LeaveOneOut()
    case "LeaveOneGroupOut": LeaveOneGroupOut()
    case "TimeSeriesSplit":
      TimeSeriesSplit(
        try number("n_splits"), maxTrainSize: try? number("max_train_size"),
        testSize: try? number("test_size"), gap: (try? number("gap")) ?? 0)
    default: throw GoldenError("no splitter \(file.className)")
    }
  }

  /// The folds of a splitter that draws, from what scikit-learn drew.
  private static func drawn(_ file: GoldenFile, _ samples: SplitSamples) throws -> [Fold] {
    var chance = RecordedChance(
      places: try file.tensor("places").array(of: Int32.self)[...], fractions: [])
    func size(_ key: String) throws -> PartSize? {
      guard let number = try file.config[key]?.number() else { return nil }
      return number < 1 ? .share(number) : .count(Int(number))
    }
    let (test, train) = (try size("test_size"), try size("train_size"))
    let folds = try (0..<(try file.config.value("n_splits").integer())).map { _ in
      switch file.className {
      case "ShuffleSplit":
        try ShuffleSplit(testSize: test, trainSize: train, seed: 0)
          .fold(of: samples, drawing: &chance)
      case "GroupShuffleSplit":
        try GroupShuffleSplit(testSize: test, trainSize: train, seed: 0)
          .fold(of: samples, drawing: &chance)
      default:
        try StratifiedShuffleSplit(testSize: test, trainSize: train, seed: 0)
          .fold(of: samples, drawing: &chance)
      }
    }
    #expect(chance.isUsedUp)
    return folds
  }

  @Test("part samples as scikit-learn does", arguments: GoldenFile.names(in: "splits"))
  func golden(name: String) throws {
    let file = try GoldenFile("splits", name)
    let test = try file.tensor("test")
    let count = test.shape[1]
    let samples = try SplitSamples(
      count: count, classes: try file.tensors["classes"]?.array(of: Int32.self),
      groups: try file.tensors["groups"]?.array(of: Int32.self))
    let folds =
      try file.tensors["places"] == nil
      ? Self.splitter(file).folds(of: samples) : Self.drawn(file, samples)
    func rows(_ part: KeyPath<Fold, [Int]>) -> [Int32] {
      folds.flatMap { fold in
        let places = Set(fold[keyPath: part])
        return (0..<count).map { places.contains($0) ? Int32(1) : 0 }
      }
    }
    #expect(rows(\.test) == (try test.array(of: Int32.self)))
    #expect(rows(\.train) == (try file.tensor("train").array(of: Int32.self)))
  }

  static let shuffled: [any ShuffledSplitter] = [
    KFold(3, shuffle: 1), StratifiedKFold(3, shuffle: 1), StratifiedGroupKFold(3, shuffle: 1),
  ]

  @Test(
    "shuffled by a seed part every sample once, and by another seed otherwise",
    arguments: shuffled.indices)
  func shuffles(place: Int) throws {
    let splitter = Self.shuffled[place]
    let folds = try splitter.folds(of: samples())
    #expect(folds.flatMap(\.test).sorted() == Array(classes.indices))
    for fold in folds {
      #expect((fold.train + fold.test).sorted() == Array(classes.indices))
    }
    #expect(folds == (try splitter.folds(of: samples())))
    let others = try (2..<8).map { try splitter.shuffled(by: Seed($0)).folds(of: samples()) }
    #expect(others.contains { $0 != folds })
  }

  @Test("stratified keep proportions to within one sample")
  func proportions() throws {
    let many = (0..<97).map { Int32($0 % 7 == 0 ? 1 : 0) }
    let folds = try StratifiedKFold(5, shuffle: 3).folds(of: SplitSamples(count: 97, classes: many))
    for fold in folds {
      let rare = fold.test.count { many[$0] == 1 }
      #expect((2...3).contains(rare))
    }
  }

  @Test("of groups never part a group", arguments: [0, 1, 2])
  func groupsStayWhole(which: Int) throws {
    let splitters: [any Splitter] = [GroupKFold(4), StratifiedGroupKFold(3), LeaveOneGroupOut()]
    for fold in try splitters[which].folds(of: samples()) {
      let judged = Set(fold.test.map { groups[$0] })
      #expect(judged.isDisjoint(with: fold.train.map { groups[$0] }))
    }
  }

  @Test("repeated deal samples out anew each time")
  func repeated() throws {
    let folds = try KFold(2).repeated(3, seed: 5).folds(of: samples())
    #expect(folds.count == 6)
    #expect(Set(folds.map(\.test)).count == 6)
    #expect(folds[2].test + folds[3].test != folds[0].test + folds[1].test)
  }

  @Test("of a data set take its classes")
  func dataset() throws {
    let data = try Dataset(
      source: "made", features: [.init(values: HostTensor(repeating: Float(0), shape: [14, 1]))],
      targets: .classes(classes, labels: ["x", "y", "z"]))
    #expect(
      try data.folds(by: .stratifiedKFold(3)) == StratifiedKFold(3).folds(of: samples()))
    #expect(
      try data.folds(by: .groupKFold(3), groups: groups) == GroupKFold(3).folds(of: samples()))
  }

  @Test("that draw anew do so by their seed, and keep groups and proportions")
  func drawnAnew() throws {
    let samples = try samples()
    let splitters: [(Seed) -> any Splitter] = [
      { ShuffleSplit(4, testSize: 0.3, seed: $0) }, { GroupShuffleSplit(4, seed: $0) },
      { StratifiedShuffleSplit(4, testSize: 6, seed: $0) },
    ]
    for splitter in splitters {
      let folds = try splitter(1).folds(of: samples)
      #expect(folds.count == 4 && Set(folds.map(\.test)).count > 1)
      #expect(folds == (try splitter(1).folds(of: samples)))
      #expect(folds != (try splitter(2).folds(of: samples)))
      for fold in folds {
        #expect(Set(fold.train).isDisjoint(with: fold.test))
        #expect(fold.train.count + fold.test.count == 14)
      }
    }
    for fold in try splitters[1](3).folds(of: samples) {
      #expect(Set(fold.test.map { groups[$0] }).isDisjoint(with: fold.train.map { groups[$0] }))
    }
    for fold in try splitters[2](3).folds(of: samples) {
      #expect(Set(fold.test.map { classes[$0] }) == [0, 1, 2])
    }
  }

  @Test("a training and a test part of whole groups")
  func groupedSplit() throws {
    let data = try Dataset(
      source: "made", features: [.init(values: HostTensor((0..<14).map { Float($0) }))],
      targets: .classes(classes, labels: ["x", "y", "z"]))
    let (train, test, indices) = try data.trainTestSplit(
      testFraction: 0.4, groups: groups, seed: 2)
    #expect(train.count + test.count == 14)
    #expect(Set(indices.test.map { groups[$0] }).count == 3)
    #expect(
      Set(indices.test.map { groups[$0] }).isDisjoint(with: indices.train.map { groups[$0] }))
    #expect(
      message { _ = try data.trainTestSplit(testFraction: 0.4, groups: ["a"], seed: 2) }
        == "The data set is inconsistent: 1 groups for 14 samples.")
  }

  @Test("a part at the field's ratio is as large as can be, and the rest is left over")
  func fieldRatio() throws {
    let classes = (0..<100).map { Int32($0 % 2) }
    let (drawn, left) = try Split.drawn(
      from: Array(0..<100), classes: classes, labels: ["good", "bad"], shares: [0.9, 0.1], seed: 1)
    #expect(drawn.count { classes[$0] == 0 } == 50 && drawn.count { classes[$0] == 1 } == 5)
    #expect((drawn + left).sorted() == Array(0..<100))
    #expect(
      message {
        _ = try Split.drawn(
          from: Array(0..<100), classes: classes, labels: ["good", "bad"],
          shares: [0.999, 0.001], seed: 1)
      }
        == "At the field's ratio, 0.001 of class 'bad', 100 samples to judge on hold none of it. "
        + "Add samples of the other classes, or set more of them aside.")
    let without = try Split.drawn(
      from: Array(0..<100), classes: classes, labels: ["good", "bad"], shares: [1, 0], seed: 1)
    #expect(without.drawn.count == 50)
  }

  static let refused: [(any Splitter, String)] = [
    (
      ShuffleSplit(testSize: 1.5, seed: 0),
      "ShuffleSplit: 0 samples to learn from and 14 to judge on, of 14. "
        + "Use shares between 0 and 1, or numbers, that leave both parts something."
    ),
    (
      ShuffleSplit(0, seed: 0), "ShuffleSplit: 0 splits. Use at least 1."
    ),
    (
      StratifiedShuffleSplit(testSize: 2, seed: 0),
      "StratifiedShuffleSplit: 3 classes, the rarest of 3 samples, for 12 samples to learn from and "
        + "2 to judge on. Each class needs 2 samples, and each part a sample for each class."
    ),
    (
      KFold(1),
      "KFold: 1 fold of 14 samples. "
        + "Use at least 2 folds and at most as many as there are samples."
    ),
    (
      KFold(15),
      "KFold: 15 folds of 14 samples. "
        + "Use at least 2 folds and at most as many as there are samples."
    ),
    (
      StratifiedKFold(4),
      "StratifiedKFold: the rarest class has 3 samples for 4 folds. "
        + "Use fewer folds, add samples of that class, or split without stratification."
    ),
    (
      GroupKFold(7),
      "GroupKFold: 7 folds of 6 groups. "
        + "Use at least 2 folds and at most as many as there are groups."
    ),
    (
      TimeSeriesSplit(3, testSize: 5),
      "TimeSeriesSplit: 3 test parts of 5 and a gap of 0 leave nothing to learn from of 14 samples. "
        + "Use fewer folds, smaller test parts or a smaller gap."
    ),
    (
      TimeSeriesSplit(3, maxTrainSize: 0),
      "TimeSeriesSplit: test size 3, gap 0, training size 0. "
        + "Sizes are at least 1 and the gap is at least 0; use fewer folds for short series."
    ),
    (RepeatedKFold(KFold(3), repeats: 0, seed: 0), "Repeated KFold: 0 repeats. Use at least 1."),
  ]

  @Test("say why samples cannot be parted", arguments: refused.indices)
  func refusals(place: Int) throws {
    let (splitter, text) = Self.refused[place]
    let error = #expect(throws: DataError.self) { try splitter.folds(of: samples()) }
    #expect(error?.description == text)
  }

  @Test("say what is missing, and take extreme settings without trapping")
  func missing() throws {
    let plain = try SplitSamples(count: 5)
    for (splitter, text) in [
      (
        StratifiedKFold(2) as any Splitter,
        "StratifiedKFold: the samples have no classes. "
          + "Use data with class labels, or a splitter that is not stratified."
      ),
      (
        GroupKFold(2),
        "GroupKFold: nothing says which samples belong together. "
          + "Pass groups, one for each sample."
      ),
    ] {
      let error = #expect(throws: DataError.self) { try splitter.folds(of: plain) }
      #expect(error?.description == text)
    }
    let empty = try SplitSamples(count: 0)
    #expect(throws: DataError.self) { try LeaveOneOut().folds(of: empty) }
    #expect(throws: DataError.self) { try TimeSeriesSplit(2, testSize: .max).folds(of: plain) }
    #expect(throws: DataError.self) { try TimeSeriesSplit(2, gap: .max).folds(of: plain) }
    #expect(throws: DataError.self) { try TimeSeriesSplit(.max).folds(of: plain) }
    #expect(throws: DataError.self) { try SplitSamples(count: 3, classes: [0]) }
  }
}
