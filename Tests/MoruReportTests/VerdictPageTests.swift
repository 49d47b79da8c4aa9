import Foundation
import MoruMetrics
import MoruReport
import MoruTensors
import Testing

@Suite("The page of a verdict") struct VerdictPageTests {
  private static func verdict() throws -> ClassificationVerdict {
    let truth = (0..<400).map { $0 < 8 ? 1 : 0 }
    var yes = [Double](repeating: 0.1, count: 400)
    for place in 0..<20 { yes[place] = place < 6 ? 0.9 : 0.6 }
    return try ClassificationVerdict(
      truth: truth, scores: NumberTable(positive: yes), areProbabilities: true,
      labels: ["양품", "<defect>"],
      setting: .init(
        positive: 1, costs: CostMatrix(stakes: [1, 10]), field: ClassShares(positive: 0.001),
        seed: 1))
  }

  private static func page(_ language: ReportLanguage) throws -> String {
    let estimate = Estimate(value: 0.75, interval: try .wilson(successes: 3, of: 4))
    return VerdictPage(.init(model: "parts:3", data: "test.csv"), language: language).page(
      of: try verdict(),
      slices: [
        SliceTable(
          name: "machine", figures: [.recall],
          rows: [
            Slice(name: "1호기", count: 4, figure: [estimate]),
            Slice(name: "2호기", count: 3, figure: [nil]),
          ])
      ],
      mistakes: [
        Mistake(
          truth: "<defect>", predicted: "양품", detail: "0.97", name: "test.csv:7",
          cells: [("weight", "3.2")])
      ]
    ).html()
  }

  @Test("says first what matters, escapes names, and loads nothing")
  func english() throws {
    let html = try Self.page(.english)
    let recall = try #require(html.range(of: "recall of “&lt;defect&gt;”"))
    let accuracy = try #require(html.range(of: "<td>accuracy</td>"))
    #expect(recall.lowerBound < accuracy.lowerBound)
    #expect(html.contains("precision of “양품”"))
    #expect(html.contains("Always answering “양품” is right for"))
    #expect(html.contains("Restated at the field's class ratio"))
    #expect(!html.contains("<defect>"))
    let addresses = html.components(separatedBy: "http").dropFirst()
    #expect(
      addresses.allSatisfy { $0.hasPrefix("://www.w3.org/2000/svg") || $0.hasPrefix("-equiv") })
    for heading in [
      "Figures", "Costs and decision", "Confusion matrix", "Classes", "Curves", "Slices",
      "The worst mistakes",
    ] { #expect(html.contains(">\(heading)</h2>"), "\(heading)") }
    #expect(html.contains("75.0 % (30.1 % – 95.4 %)"))
    #expect(
      html.contains("test.csv:7") && html.contains("<th scope=\"col\" class=\"number\">weight"))
    #expect(html.components(separatedBy: "<svg").count == 6)
  }

  @Test("says the same in Korean")
  func korean() throws {
    let html = try Self.page(.korean)
    #expect(html.contains("lang=\"ko\""))
    for word in ["재현율", "정밀도", "특이도", "혼동 행렬", "제1종 오류", "표본당 기대 비용", "정확도", "가장 큰 오류"] {
      #expect(html.contains(word), "\(word)")
    }
    for word in ["recall", "precision", "Figures", "baseline", "chance"] {
      #expect(!html.contains(">\(word)"), "\(word)")
    }
  }

  @Test("names every figure in both languages")
  func terms() {
    for language in ReportLanguage.allCases {
      let terms = VerdictFigure.allCases.map { $0.term(language) }
      #expect(Set(terms).count == terms.count)
      #expect(!terms.contains(""))
    }
    #expect(VerdictFigure.recall.term(.korean) == "재현율")
    #expect(VerdictFigure.specificity.term(.korean) == "특이도")
  }

  @Test("shows mistakes as pictures where there are some, and numbers beside the mean")
  func numbers() throws {
    let truth = (0..<30).map(Double.init)
    let verdict = try RegressionVerdict(truth: truth, predicted: truth.map { $0 + 1 }, seed: 1)
    let html = VerdictPage(.init(model: "m", data: "d")).page(
      of: verdict,
      mistakes: [
        Mistake(truth: "1", predicted: "9", detail: "8", name: "a.png", png: Data([1, 2, 3]))
      ]
    ).html()
    #expect(html.contains("data:image/png;base64,AQID"))
    #expect(html.contains("mean absolute error") && html.contains("14.5"))
  }

  @Test("says how often the samples were judged on", arguments: [1, 3])
  func reads(times: Int) throws {
    let verdict = try RegressionVerdict(truth: [1, 2, 3], predicted: [1, 2, 4], seed: 1)
    func html(_ language: ReportLanguage) -> String {
      VerdictPage(.init(model: "m", data: "d", timesRead: times), language: language)
        .page(of: verdict).html()
    }
    #expect(
      html(.english).contains(
        times == 1
          ? "These samples are judged on for the first time."
          : "These samples have been judged on 3 times, this one included."))
    #expect(
      html(.korean).contains(times == 1 ? "이 표본으로는 처음 평가함." : "이 표본으로 평가한 횟수: 이번까지 3회."))
  }

  @Test(
    "says above all figures that the model has learned from the samples",
    arguments: [TrainingOverlap.all, .some(run: "run-7")])
  func overlap(_ overlap: TrainingOverlap) throws {
    let verdict = try RegressionVerdict(truth: [1, 2, 3], predicted: [1, 2, 4], seed: 1)
    for language in ReportLanguage.allCases {
      let html = VerdictPage(.init(model: "m", data: "d", overlap: overlap), language: language)
        .page(of: verdict).html()
      let (heading, detail) = overlap.text(language)
      let (place, figures) = (html.range(of: heading), html.range(of: "class=\"figures\""))
      #expect(try #require(place).lowerBound < #require(figures).lowerBound)
      #expect(html.contains(detail))
      #expect(detail.contains("run-7") == (overlap != .all))
    }
  }
}
