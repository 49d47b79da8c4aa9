import Foundation
import MoruData
import MoruLearners
import MoruModels
import MoruTensors
import Testing

@Suite("Rules") struct RuleTests {
  private let csv = """
    온도,color,pressure,verdict
    95,red,3,defect
    95,blue,3,good
    20,red,2.5,defect
    20,blue,2.6,good
    80,red,2.6,good
    81,red,9,defect
    """

  private func data(_ csv: String? = nil) throws -> Dataset {
    let table = try Table(csv: Data((csv ?? self.csv).utf8), source: "parts.csv")
    return try TableEncoding(fitting: table, target: "verdict").dataset(from: table)
  }

  private func answers(_ rules: RuleList, _ data: Dataset) async throws -> [String] {
    let model = try await RuleClassifier(rules).fit(data, seed: 0)
    let output = try await Predictor(model).predict([data.features[0].values])[0]
    return try model.signature.outputs[0].judgements(output).map { judgement in
      if case .label(let label, _) = judgement { label } else { "none" }
    }
  }

  private func condition(_ text: String) throws -> RuleCondition {
    try #require(RuleCondition(text))
  }

  @Test("the first rule that holds answers, and the default if none does")
  func order() async throws {
    let rules = RuleList(
      [
        RuleList.Rule(
          if: [try condition("온도 > 80"), try condition("color = red")], then: "defect"),
        RuleList.Rule(if: [try condition("pressure <= 2.5")], then: "defect"),
      ], default: "good")
    let data = try data()
    #expect(
      try await answers(rules, data) == ["defect", "good", "defect", "good", "good", "defect"])
    #expect(
      "\(rules)" == """
        if 온도 > 80 and color = red then defect
        if pressure <= 2.5 then defect
        else good
        """)
    let text = try await RuleClassifier(rules).fit(data, seed: 0).treeText()
    #expect(text.hasPrefix("온도 < 80?\n  yes: pressure < 2.5?\n"), "\(text)")
  }

  @Test(
    "every comparison means what it says",
    arguments: [
      ("x > 2", "ffftt"), ("x >= 2", "ffttt"), ("x < 2", "ttfff"), ("x <= 2", "tttff"),
      ("x = 2", "fftff"), ("x != 2", "ttftt"),
      ("word = b", "ftfff"), ("word != b", "tfttt"), ("word = never", "fffff"),
      ("word != never", "ttttt"),
    ])
  func comparisons(text: String, expected: String) async throws {
    let data = try data(
      "x,word,verdict\n0,a,t\n1.5,b,f\n2,c,t\n2.0000002,c,t\n100,a,f\n")
    let rules = RuleList(
      [RuleList.Rule(if: [try condition(text)], then: "t")], default: "f")
    #expect(try await answers(rules, data).joined() == expected, "\(text)")
  }

  @Test("what is missing fulfils no condition")
  func missing() async throws {
    let nan = try HostTensor([[Float.nan, 1], [5, 1]])
    let data = try Dataset(
      source: "numbers", features: [Dataset.Feature(values: nan)],
      targets: .classes([0, 1], labels: ["a", "b"]))
    for text in ["feature 0 > 1", "feature 0 <= 9", "feature 0 = 5", "feature 0 != 1"] {
      let rules = RuleList(
        [RuleList.Rule(if: [try condition(text)], then: "b")], default: "a")
      #expect(try await answers(rules, data) == ["a", "b"], "\(text)")
    }
  }

  @Test("rules that cannot be followed say why")
  func refusals() async throws {
    let data = try data()
    func refusal(_ text: String, then label: String = "good") async throws -> String {
      let rules = RuleList(
        [RuleList.Rule(if: [try condition(text)], then: label)], default: "good")
      do {
        _ = try await RuleClassifier(rules).fit(data, seed: 0)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(
      try await refusal("presure > 1")
        == "rule 1: there is no column 'presure'. Did you mean 'pressure'?")
    #expect(
      try await refusal("humidity > 1")
        == "rule 1: there is no column 'humidity'. Name one of the table's columns.")
    #expect(
      try await refusal("pressure > high")
        == "rule 1: column 'pressure' holds numbers, and 'high' is none.")
    #expect(
      try await refusal("color > red")
        == "rule 1: column 'color' holds words, which are compared by = and != only.")
    #expect(
      try await refusal("pressure > 1", then: "defekt")
        == "rule 1: no sample is of class 'defekt'; did you mean 'defect'.")
  }

  @Test("conditions are read as they are written")
  func reading() {
    #expect(
      RuleCondition("outer wall < 3.5 ") == RuleCondition("outer wall", .below, "3.5"))
    #expect(RuleCondition("색 = 짙은 빨강") == RuleCondition("색", .equals, "짙은 빨강"))
    #expect(
      RuleCondition("a>3") == nil && RuleCondition("> 3") == nil && RuleCondition("a >") == nil)
  }
}
