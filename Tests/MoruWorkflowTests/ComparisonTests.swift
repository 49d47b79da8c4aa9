import Foundation
import MoruData
import MoruLearners
import MoruMetrics
import MoruTensors
import MoruWorkflow
import Testing

@Suite("Comparisons of learners") struct ComparisonTests {
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Examples").standardizedFileURL

  private func comparison(
    _ name: String, target: String, rules: RuleList? = nil
  ) async throws -> LearnerComparison {
    var settings = ComparedData.Settings()
    settings.target = target
    let data = try ComparedData(at: Self.examples.appending(path: "data/\(name)"), settings)
    return try await LearnerComparison(data, folds: 3, rules: rules)
  }

  @Test("where a drawing says what is good, its rules win")
  func rules() async throws {
    let rules = try RuleList.load(Self.examples.appending(path: "parts_rules.yaml").path)
    let result = try await comparison("parts.csv", target: "판정", rules: rules)
    #expect(
      result.entries.map(\.title)
        == ["baseline", "rules", "linear", "tree", "boosting", "small MLP"])
    #expect(result.samples == 192 && result.setAside == 48)
    #expect(result.best.title == "rules" && result.recommended.title == "rules")
    #expect(result.best.score.value == 1 && result.best.behind == nil)
    let baseline = result.entries[0]
    #expect(baseline.score.value == 0.5)
    #expect((baseline.behind?.interval.lower ?? 0) > 0)
    for entry in result.entries {
      #expect(entry.score.interval.lower <= entry.score.value)
      #expect(entry.fitSeconds > 0 && entry.predictSeconds > 0 && entry.weightBytes > 0)
      #expect(entry.figures["accuracy"] != nil)
      #expect(entry.title == "baseline" || entry.score.value > 0.6, "\(entry.title)")
    }
  }

  /// 300 rows of which one in ten is bad, more often so where `x` is high; a serial word tells nothing.
  private func rare(_ folder: TestFolder) throws -> URL {
    var generator = Seed(4).generator
    let rows = (0..<300).map { row -> String in
      let isBad = row % 10 == 0
      let x = Double.random(in: 0..<1, using: &generator) + (isBad ? 0.5 : 0)
      return "P-\(row),\(row % 50 == 3 ? "" : "\(x)"),\(isBad ? "불량" : "양품")"
    }
    try folder.write("부품.csv", "번호,x,판정\n" + rows.joined(separator: "\n"))
    return folder.url.appending(path: "부품.csv")
  }

  @Test("columns that say nothing are left out, and ways to balance are compared")
  func balances() async throws {
    let folder = try TestFolder()
    var settings = ComparedData.Settings()
    settings.target = "판정"
    let data = try ComparedData(at: rare(folder), settings)
    #expect(data.leftOut.map(\.name) == ["번호"])
    #expect(data.filled.map(\.cells) == [6] && data.filled.map(\.name) == ["x"])
    let usual = Contestant.usual(isClassification: true, isPictures: false)
      .filter { ["baseline", "linear", "small MLP"].contains($0.title) }
    let result = try await LearnerComparison(
      data, usual, folds: 2, balances: [.automatic, .none, .over, .under, .smote])
    #expect(
      result.entries.map(\.title) == ["baseline"]
        + ["linear", "small MLP"].flatMap { title in
          ["weights", "none", "over", "under", "smote"].map { "\(title), \($0)" }
        })
    #expect(result.entries.map(\.balance).prefix(3) == [nil, .weights, BalanceMethod.none])
    #expect(result.balances?.reason == "as asked for")
    #expect(result.pair?.rarer == "불량" && result.pair?.other == "양품")
    #expect(result.entries[0].score.value == 0.5)
    #expect(result.entries[0].classes?.recallOfRarer == 0)
    for entry in result.entries.dropFirst() {
      let classes = try #require(entry.classes)
      let recall = try #require(classes.recallOfRarer)
      #expect(entry.score.value > 0.6 && recall > 0.4, "\(entry.title): \(entry.score.value)")
      // (recall of one + recall of the other) / 2, and the accuracy of the same answers.
      let other = 2 * entry.score.value - recall
      #expect(abs(classes.accuracy - (0.1 * recall + 0.9 * other)) < 1e-9)
    }
  }

  @Test("ways to balance that do not go with the data are refused")
  func refusedBalances() async throws {
    let folder = try TestFolder()
    var settings = ComparedData.Settings()
    settings.target = "판정"
    let classes = try ComparedData(at: rare(folder), settings)
    await #expect(
      throws: WorkflowError.comparison(
        "cost needs the costs of mistakes. Use it with moru train, or choose another way")
    ) { _ = try await LearnerComparison(classes, folds: 2, balances: [.cost]) }
    settings.target = "x"
    settings.exclude = ["판정", "번호"]
    #expect(throws: DataError.self) { _ = try ComparedData(at: rare(folder), settings) }
    settings.target = "progression"
    settings.exclude = []
    let numbers = try ComparedData(
      at: Self.examples.appending(path: "data/diabetes.csv"), settings)
    await #expect(
      throws: WorkflowError.comparison(
        "only classes are balanced, and the target holds numbers. Leave out --balance")
    ) { _ = try await LearnerComparison(numbers, folds: 2, balances: [.over]) }
  }

  @Test("a single class is refused before anything is fitted")
  func oneClass() async throws {
    let data = try Dataset(
      source: "부품",
      features: [Dataset.Feature(values: HostTensor([Float](repeating: 1, count: 9)))],
      targets: .classes([Int32](repeating: 1, count: 9), labels: ["불량", "양호"]))
    await #expect(
      throws: WorkflowError.comparison(
        "all samples of 부품 are of the class '양호'. Add samples of another class")
    ) { _ = try await LearnerComparison(ComparedData(data), folds: 2) }
  }

  @Test("numbers are scored by their errors")
  func numbers() async throws {
    let result = try await comparison("diabetes.csv", target: "progression")
    #expect(result.figure == "root_mean_squared_error" && !result.isBetterGreater)
    #expect(result.entries.map(\.title) == ["baseline", "linear", "tree", "boosting", "small MLP"])
    let baseline = result.entries[0].score.value
    #expect((70...85).contains(baseline), "the target's deviation is 77")
    #expect(result.entries[1].score.value < 0.8 * baseline)
    #expect(result.best.title != "baseline" && result.recommended.title != "baseline")
  }

  @Test("where the place of a thing does not matter, a network of convolutions wins")
  func pictures() async throws {
    // A short bar, upright or lying, anywhere in noise: no single pixel says which.
    let size = 12
    var generator = Seed(9).generator
    var pixels: [UInt8] = []
    var classes: [Int32] = []
    for sample in 0..<400 {
      var picture = (0..<size * size).map { _ in UInt8.random(in: 0..<90, using: &generator) }
      let isUpright = sample % 2 == 1
      let (long, short) = (
        Int.random(in: 0...size - 4, using: &generator), Int.random(in: 0..<size, using: &generator)
      )
      for step in 0..<4 {
        let (row, column) = isUpright ? (long + step, short) : (short, long + step)
        picture[row * size + column] = 220
      }
      pixels += picture
      classes.append(isUpright ? 1 : 0)
    }
    let data = try Dataset(
      source: "bars",
      features: [Dataset.Feature(values: HostTensor(pixels, shape: [400, size, size, 1]))],
      targets: .classes(classes, labels: ["lying", "upright"]))
    let usual = Contestant.usual(isClassification: true, isPictures: true)
    let result = try await LearnerComparison(
      ComparedData(data), usual.filter { ["linear", "tree", "small CNN"].contains($0.title) },
      folds: 2)
    #expect(result.best.title == "small CNN" && result.recommended.title == "small CNN")
    #expect(result.best.score.value > 0.9)
    #expect(result.entries[0].score.value < 0.75)
  }

  @Test("a part is set aside by the seed, and limits keep the classes' shares")
  func limits() throws {
    var settings = ComparedData.Settings()
    settings.target = "판정"
    settings.limit = 60
    settings.testFraction = 0.5
    let url = Self.examples.appending(path: "data/parts.csv")
    let data = try ComparedData(at: url, settings)
    #expect(data.samples.count == 60 && data.setAside == 120 && !data.isPictures)
    let defects = (data.samples.classes?.indices ?? []).count { $0 == 0 }
    #expect(defects == 11, "18 % of 60")
    settings.target = nil
    #expect(
      throws: WorkflowError.comparison("a table needs a target. Name the column with --target")
    ) { _ = try ComparedData(at: url, settings) }
  }

  @Test("files of rules name the line of what is wrong")
  func files() throws {
    func refusal(_ yaml: String) throws -> String {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
      try yaml.write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      do {
        return "\(try RuleList.load(file.path))"
      } catch { return "\(error)".replacing(file.path, with: "rules.yaml") }
    }
    #expect(
      try refusal("rules:\n  - if: [a > 1, b = x]\n    then: bad\ndefault: good\n")
        == "if a > 1 and b = x then bad\nelse good")
    #expect(
      try refusal("rules:\n  - if: a is big\n    then: bad\ndefault: good\n").hasPrefix(
        "rules.yaml:2:"))
    #expect(
      try refusal("rules:\n  - iff: a > 1\n    then: bad\ndefault: good\n").hasPrefix(
        "rules.yaml:2:5: "))
    #expect(try refusal("rules: []\n").contains("\"default\" is missing"))
  }
}
