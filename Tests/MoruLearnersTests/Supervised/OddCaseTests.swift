import Foundation
import MoruData
import MoruLearners
import MoruMetrics
import MoruModels
import MoruTensors
import Testing

@Suite("Odd samples") struct OddCaseTests {
  private func classes(
    _ rows: [[Float]], _ classes: [Int32], labels: [String] = ["a", "b"], weights: [Float]? = nil
  ) throws -> Dataset {
    try Dataset(
      source: "odd", features: [Dataset.Feature(values: HostTensor(rows))],
      targets: .classes(classes, labels: labels), sampleWeights: weights)
  }

  private func numbers(_ rows: [[Float]], _ values: [Float]) throws -> Dataset {
    try Dataset(
      source: "odd", features: [Dataset.Feature(values: HostTensor(rows))],
      targets: .values(values))
  }

  private func refusal(_ learner: any Learner, _ data: Dataset) async -> String {
    do {
      _ = try await learner.fit(data, seed: 1)
      return "accepted"
    } catch { return "\(error)" }
  }

  private func answers(_ learner: any Learner, _ data: Dataset) async throws -> [Float] {
    let model = try await learner.fit(data, seed: 1)
    return try await Predictor(model).predict([data.features[0].values])[0].array(of: Float.self)
  }

  @Test("of a feature beside one that is constant, or very small", arguments: [0, 1e-9] as [Float])
  func oneScale(factor: Float) async throws {
    let useful = (0..<12).map { Float($0) / 4 - Float($0 % 3) }
    let labels = useful.map { Int32($0 > 0.9 ? 1 : 0) }
    let alone = try classes(useful.map { [$0] }, labels)
    let beside = try classes(
      useful.enumerated().map { [$1, 0.1 + factor * Float($0 * 7 % 5)] }, labels)
    let wanted = try await answers(LogisticRegression(), alone)
    let found = try await answers(LogisticRegression(), beside)
    #expect(zip(wanted, found).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(Set(wanted).count > 6)
  }

  @Test("of one class", arguments: classifiers.indices)
  func oneClass(place: Int) async throws {
    let learner = classifiers[place]
    let data = try classes([[1, 2], [2, 1], [3, 3]], [1, 1, 1])
    if learner is LogisticRegression || learner is LinearSVC
      || learner is GradientBoostingClassifier
    {
      #expect(
        await refusal(learner, data)
          == "\(learner.name): every sample is of class 'b'. Pass samples of at least two classes, "
          + "for instance by a stratified split.")
    } else {
      let found = try await answers(learner, data)
      #expect(found == [0, 1, 0, 1, 0, 1], "\(learner.name)")
    }
  }

  @Test("with missing and infinite features", arguments: classifiers.indices)
  func notFinite(place: Int) async throws {
    let learner = classifiers[place]
    for (odd, rejects) in [(Float.nan, false), (.infinity, true)] {
      let data = try classes([[1, 2], [2, odd], [3, 3], [4, 3]], [0, 1, 0, 1])
      let takes = learner is DummyClassifier || learner is GradientBoostingClassifier
      let expected =
        takes && !rejects
        ? "accepted"
        : "\(learner.name): feature 1 of sample 1 is not a finite number. Fill missing values "
          + "first, or leave the sample out."
      #expect(await refusal(learner, data) == expected)
    }
  }

  @Test("with a constant feature", arguments: classifiers.indices)
  func constant(place: Int) async throws {
    let learner = classifiers[place]
    let data = try classes(
      [[1, 7], [2, 7], [3, 7], [8, 7], [9, 7], [9.5, 7]], [0, 0, 0, 1, 1, 1])
    let found = try await answers(learner, data)
    #expect(found.allSatisfy { $0.isFinite }, "\(learner.name)")
  }

  @Test("a constant feature explains nothing")
  func constantWeights() throws {
    let rows: [[Float]] = [[1, 7], [2, 7], [3, 7], [5, 7]]
    let data = try numbers(rows, [2, 4, 6, 11])
    for learner in [LinearRegression(), Ridge(), Lasso(alpha: 0.1)] as [any LinearLearner] {
      let weights = try learner.coefficients(of: data).outputs[0].coefficients
      #expect(abs(weights[1].value) < 1e-12 && weights[0].value > 1, "\(learner.name)")
    }
    let flags = try classes(rows, [0, 0, 1, 1])
    for learner in [LogisticRegression(), LinearSVC()] as [any LinearLearner] {
      let weights = try learner.coefficients(of: flags).outputs[0].coefficients
      #expect(weights[0].value > 0, "\(learner.name)")
    }
  }

  @Test("collinear features share their weight, and have no standard errors")
  func collinear() throws {
    let data = try numbers([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]], [2, 4, 6, 8, 10])
    let found = try LinearRegression().coefficients(of: data)
    let weights = found.outputs[0].coefficients
    #expect(abs(weights[0].value - 1) < 1e-12 && abs(weights[1].value - 1) < 1e-12)
    #expect(weights.allSatisfy { $0.standardError == nil && $0.interval == nil })
    #expect(
      found.remark == "No standard errors: features are collinear, or there are too few samples.")
  }

  @Test("a single sample, or fewer samples than features")
  func few() async throws {
    let one = try numbers([[1, 2, 3]], [5])
    for learner in regressors where !(learner is KNeighborsRegressor) {
      let found = try await answers(learner, one)
      #expect(found.count == 1 && abs(found[0] - 5) < 1e-4, "\(learner.name)")
    }
    #expect(
      await refusal(KNeighborsRegressor(nNeighbors: 3), one)
        == "3 nearest neighbors: nNeighbors must be at most the 1 samples.")
    let wide = try classes([[1, 2, 3, 4], [2, 1, 4, 9]], [0, 1])
    for learner in [LogisticRegression(), GaussianNB(), DecisionTreeClassifier()] as [any Learner] {
      let found = try await answers(learner, wide)
      #expect(found[0] > 0.5 && found[3] > 0.5, "\(learner.name)")
    }
  }

  @Test("classes that a line parts without error have no standard errors")
  func separated() throws {
    let data = try classes([[1], [2], [8], [9]], [0, 0, 1, 1])
    let found = try LogisticRegression(c: .infinity, maxIterations: 50).coefficients(of: data)
    let weight = found.outputs[0].coefficients[0]
    #expect(weight.value > 0)
    // The search ends where the slope is nearly 0 or the steps are used up; either way nothing is
    // claimed with confidence.
    #expect(weight.interval.map { $0.lower < 0 } ?? true)
  }

  @Test("other targets and no samples are refused")
  func targets() async throws {
    let flags = try classes([[1], [2]], [0, 1])
    let values = try numbers([[1], [2]], [0, 1])
    #expect(
      await refusal(LogisticRegression(), values)
        == "logistic regression needs one target of classes. Choose another learner, or another "
        + "target column.")
    #expect(
      await refusal(Ridge(), flags)
        == "ridge regression needs one target of numbers. Choose another learner, or another "
        + "target column.")
    let unweighted = try classes([[1], [2]], [0, 1], weights: [0, 0])
    for learner in classifiers {
      #expect(
        await refusal(learner, unweighted)
          == "\(learner.name): there is no sample, or all weights are 0. Pass samples that count.")
    }
    #expect(
      await refusal(Ridge(), try numbers([[1], [2]], [0, .nan])).contains("target of sample 1"))
    let negative = try classes([[1], [-2]], [0, 1])
    #expect(
      await refusal(MultinomialNB(), negative)
        == "multinomial naive Bayes: feature 0 of sample 1 is negative. Pass counts or shares, or "
        + "choose GaussianNB.")
  }

  @Test("settings out of range are refused")
  func settings() async throws {
    let (flags, values) = (try classes([[1], [2]], [0, 1]), try numbers([[1], [2]], [0, 1]))
    let bad: [(any Learner, Dataset, String)] = [
      (LogisticRegression(c: 0), flags, "c must be above 0, not 0.0"),
      (LinearSVC(c: .infinity), flags, "c must be above 0 and finite, not inf"),
      (Ridge(alpha: -1), values, "alpha must be at least 0, not -1.0"),
      (ElasticNet(l1Ratio: 2), values, "l1Ratio must be from 0 to 1, not 2.0"),
      (DecisionTreeClassifier(maxDepth: 0), flags, "maxDepth must be at least 1, not 0"),
      (RandomForestRegressor(nEstimators: 0), values, "nEstimators must be at least 1, not 0"),
      (
        RandomForestClassifier(maxFeatures: .share(0)), flags,
        "maxFeatures must be above 0 and at most 1, not 0.0"
      ),
      (
        GradientBoostingClassifier(learningRate: .nan), flags,
        "learningRate must be above 0 and finite, not nan"
      ),
      (KNeighborsClassifier(nNeighbors: 0), flags, "nNeighbors must be at least 1, not 0"),
      (BernoulliNB(alpha: 0), flags, "alpha must be above 0, not 0.0"),
    ]
    for (learner, data, problem) in bad {
      #expect(await refusal(learner, data) == "\(learner.name): \(problem).")
    }
  }

  @Test("equal answers and equal features end a tree")
  func pure() async throws {
    let same = try numbers([[1], [2], [3]], [4, 4, 4])
    #expect(try await DecisionTreeRegressor().fit(same, seed: 0).treeText() == "4")
    let alike = try classes([[1], [1], [1]], [0, 1, 0])
    #expect(try await DecisionTreeClassifier().fit(alike, seed: 0).treeText() == "a (67 %)")
    let logistic = try await LogisticRegression().fit(
      classes([[1], [2]], [0, 1]), seed: 0)
    #expect(throws: LearnerError.notOf(learner: "a learner of trees")) {
      _ = try logistic.treeText()
    }
  }

  @Test("drawn answers follow the classes' shares, over many seeds")
  func drawn() async throws {
    let rows: [[Float]] = (0..<500).map { (row: Int) -> [Float] in
      [Float(row % 61), Float(row * 7919 % 1009), Float(row * 104_729 % 499)]
    }
    let data = try classes(rows, (0..<500).map { (row: Int) -> Int32 in row % 4 == 0 ? 1 : 0 })
    for (strategy, share) in [(DummyClassifier.Strategy.stratified, 0.25), (.uniform, 0.5)] {
      var second = 0
      for seed in 0..<40 {
        let model = try await DummyClassifier(strategy: strategy).fit(
          data, seed: Seed(UInt64(seed)))
        let found = try await Predictor(model).predict([data.features[0].values])[0]
          .array(of: Float.self)
        second += stride(from: 1, to: found.count, by: 2).count { found[$0] == 1 }
      }
      // A seed's own share is off by 0.1 and more: the parts of the space are few and unequal.
      #expect(abs(Double(second) / 20_000 - share) < 0.06, "\(strategy): \(second)")
    }
  }
}
