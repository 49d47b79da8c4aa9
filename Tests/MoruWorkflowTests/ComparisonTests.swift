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
