import GoldenKit
import MoruData
import MoruTensors
import Testing

@Suite("Statistics of validation") struct ValidationStatisticsTests {
  private func numbers(_ file: GoldenFile, _ name: String) throws -> [Double] {
    try file.tensor(name).array(of: Double.self)
  }

  @Test(
    "Kolmogorov and Smirnov's test agrees with SciPy",
    arguments: GoldenFile.names(in: "validation").filter { $0.hasPrefix("ks_") })
  func kolmogorovSmirnov(name: String) throws {
    let file = try GoldenFile("validation", name)
    let (first, second) = (try numbers(file, "first"), try numbers(file, "second"))
    let results = try numbers(file, "results")
    let test = try #require(KolmogorovSmirnov(first, second))
    #expect(abs(test.statistic - results[0]) < 1e-12)
    #expect(abs(test.pValue - results[1]) < 1e-9)
    let limit = KolmogorovSmirnov.limit(
      results[0], Double(first.count), Double(second.count))
    #expect(abs(limit - results[2]) < 1e-9)
  }

  @Test("samples of one number, of equal numbers and without numbers are compared")
  func oddSamples() throws {
    #expect(KolmogorovSmirnov([], [1]) == nil)
    #expect(try #require(KolmogorovSmirnov([1, 1, 1], [1, 1])).pValue == 1)
    #expect(try #require(KolmogorovSmirnov([1], [2])).statistic == 1)
    let many = (0..<5000).map { Double($0) }
    #expect(try #require(KolmogorovSmirnov(many, many)).pValue == 1)
    #expect(try #require(KolmogorovSmirnov(many, many.map { $0 + 1000 })).pValue < 1e-12)
  }

  @Test(
    "Pearson's test agrees with SciPy",
    arguments: GoldenFile.names(in: "validation").filter { $0.hasPrefix("chi_square_") })
  func chiSquare(name: String) throws {
    let file = try GoldenFile("validation", name)
    let counts = try file.tensor("counts")
    let values = try counts.array(of: Int32.self).map { Double($0) }
    let width = counts.shape[1]
    let rows = stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    let results = try numbers(file, "results")
    let test = try #require(ChiSquare(rows))
    #expect(abs(test.statistic - results[0]) < 1e-9 * results[0])
    #expect(Double(test.degreesOfFreedom) == results[1])
    #expect(abs(test.pValue - results[2]) <= 1e-9 * results[2] + 1e-15)
  }

  @Test("categories that nobody has do not count, and one category is no table")
  func oddTables() {
    #expect(ChiSquare([[3, 0, 5], [4, 0, 4]])?.degreesOfFreedom == 1)
    #expect(ChiSquare([[3, 0], [4, 0]]) == nil)
    #expect(ChiSquare([[0, 0], [4, 1]]) == nil)
    #expect(ChiSquare([[1, 2]]) == nil)
  }

  @Test("the stability index follows its formula, and empty bins keep it finite")
  func stability() {
    let value = StabilityIndex.value([50, 30, 20], [20, 30, 50])
    #expect(abs(value - 2 * 0.3 * 0.9162907318741551) < 1e-12)
    #expect(StabilityIndex.value([1, 2], [2, 4]) == 0)
    #expect(StabilityIndex.value([10, 0], [0, 10]).isFinite)
    #expect(StabilityIndex.value([], []) == 0)
  }

  @Test("medians, scales and quantiles agree with SciPy and NumPy")
  func robust() throws {
    let file = try GoldenFile("validation", "robust")
    let values = try numbers(file, "numbers")
    let results = try numbers(file, "results")
    let scale = try #require(RobustScale(values))
    #expect(abs(scale.median - results[0]) < 1e-12 && abs(scale.scale - results[1]) < 1e-9)
    for (place, quantile) in try numbers(file, "quantiles").enumerated() {
      #expect(abs(values.sorted().quantile(Double(place) / 10) - quantile) < 1e-12)
    }
    // More than half equal: the mean deviation takes over.
    #expect(abs((RobustScale([1, 1, 1, 5])?.scale ?? 0) - 1.2533141373155) < 1e-12)
    #expect(RobustScale([2, 2])?.scale == 0 && RobustScale([]) == nil)
  }

  @Test("areas under ROC curves and mutual information agree with scikit-learn")
  func strength() throws {
    let file = try GoldenFile("validation", "strength")
    let positive = try file.tensor("positive").array(of: Int32.self)
    let bins = try file.tensor("bins").array(of: Int32.self).map { Int($0) }
    let results = try numbers(file, "results")
    let auc = try #require(
      FeatureStrength.auc(scores: numbers(file, "scores"), isPositive: positive.map { $0 == 1 }))
    #expect(abs(auc - results[0]) < 1e-12)
    let information = FeatureStrength.mutualInformation(bins, positive.map { Int($0) })
    #expect(abs(information - results[1]) < 1e-9)
    #expect(FeatureStrength.auc(scores: [1, 2], isPositive: [true, true]) == nil)
  }

  @Test("isolation forests score as scikit-learn's do, as closely as those do among themselves")
  func isolationForest() throws {
    let file = try GoldenFile("validation", "isolation_forest")
    let rows = try numbers(file, "rows")
    let columns = (0..<2).map { column in
      stride(from: column, to: rows.count, by: 2).map { rows[$0] }
    }
    let scores = IsolationForest(columns: columns, seed: 1).scores(columns: columns)
    let expected = try numbers(file, "scores")
    let deviations = try numbers(file, "deviation")
    let distances = zip(zip(scores, expected), deviations).map { abs($0.0 - $0.1) / $1 }
    #expect(distances.reduce(0, +) / Double(distances.count) < 1.5)
    #expect((distances.max() ?? 0) < 6)
    // The ten rows that were put apart come last, and score highest.
    let ranked = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(10)
    #expect(Set(ranked) == Set(300..<310))
    #expect(IsolationForest(columns: columns, seed: 1).scores(columns: columns) == scores)
  }

  @Test("forests of equal, single and no rows score them as ordinary")
  func oddForests() {
    for columns in [[[1.0, 1, 1]], [[5.0]], [[]], []] as [[[Double]]] {
      let scores = IsolationForest(columns: columns, seed: 1).scores(columns: columns)
      #expect(scores.count == columns.first?.count ?? 0)
      #expect(scores.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test("perceptual hashes have the bits that SciPy's cosine transform gives")
  func perceptualHash() throws {
    let file = try GoldenFile("validation", "perceptual_hash")
    let bits = PerceptualHash.bits(of: try numbers(file, "pixels"))
    let expected = try file.tensor("bits").array(of: Int32.self)
    #expect((0..<64).map { Int32(bits >> UInt64($0) & 1) } == expected)
  }

  @Test("an index finds every pair that comparing all with all finds", arguments: [0, 3, 7])
  func hammingIndex(radius: Int) {
    var generator = Seed(5).generator
    var words: [UInt64] = []
    for _ in 0..<150 {
      let word = generator.next()
      words.append(word)
      for flips in [1, 3, 6, 9] {
        words.append((0..<flips).reduce(word) { word, _ in word ^ 1 << (generator.next() & 63) })
      }
    }
    words = Array(Set(words)).sorted()
    var found: Set<[Int]> = []
    HammingIndex(words).forEachPair(within: radius) { found.insert([$0, $1]) }
    var expected: Set<[Int]> = []
    for one in words.indices {
      for other in words.indices where one < other {
        if (words[one] ^ words[other]).nonzeroBitCount <= radius { expected.insert([one, other]) }
      }
    }
    #expect(found == expected)
    #expect(radius == 0 || expected.count > 100)
  }
}
