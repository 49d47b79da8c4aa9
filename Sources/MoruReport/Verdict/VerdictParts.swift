import Foundation
import MoruArchive
import MoruMetrics

/// The parts of a classifier's page.
struct VerdictParts {
  let verdict: ClassificationVerdict
  let language: ReportLanguage

  /// What a reader takes away: the first figures, and a warning where they deceive.
  var lead: [HTMLBlock] {
    let shown = verdict.headline.filter { $0.figure != .accuracy }.prefix(5)
    var blocks: [HTMLBlock] = [
      .figures(
        shown.map {
          ($0.title(language, labels: verdict.labels), "\($0.valueText) (\($0.intervalText))")
        })
    ]
    if let warning = imbalance { blocks.append(warning) }
    if let field = verdict.field {
      let shares = zip(verdict.labels, field.values).map { "\($0) \($1.percent)" }
      blocks.append(
        .note(
          .neutral,
          language(
            "Restated at the field's class ratio: \(shares.joined(separator: ", ")).",
            "현장의 클래스 비율로 환산함: \(shares.joined(separator: ", ")).")))
    }
    return blocks
  }

  /// Says so where accuracy is high for no merit of the model.
  private var imbalance: HTMLBlock? {
    guard let accuracy = verdict.headline.first(where: { $0.figure == .accuracy }),
      let known = accuracy.baseline, known >= 0.8
    else { return nil }
    let isWorse = accuracy.estimate.value <= known
    return .note(
      isWorse ? .bad : .warning,
      language(
        "Always answering “\(verdict.baselineLabel)” is right for \(known.percent) already; the model is "
          + "for \(accuracy.valueText). Accuracy says little here: judge by the figures above.",
        "항상 “\(verdict.baselineLabel)”(이)라고 답해도 정확도가 \(known.percent)이며, 모델은 "
          + "\(accuracy.valueText)임. 정확도만으로는 판단할 수 없으므로 위의 지표로 판단할 것."))
  }

  var figures: [HTMLBlock] {
    let rows = (verdict.headline + verdict.others).map { entry -> [HTMLTable.Cell] in
      [
        .text(entry.title(language, labels: verdict.labels)), value(entry),
        .text(entry.intervalText), .text(method(entry.estimate.interval.method)),
        .text(entry.baselineText),
      ]
    }
    let calibration = verdict.calibration.map { curve -> [HTMLTable.Cell] in
      [
        .text(VerdictFigure.expectedCalibrationError.term(language)),
        .text(curve.expectedError.significant), "–", "–", "–",
      ]
    }
    let table = HTMLTable(
      [
        language("figure", "지표"), language("model", "모델"), language("95 % interval", "95 % 구간"),
        language("method", "방법"), language("baseline", "기준선"),
      ], rows: rows + (calibration.map { [$0] } ?? []),
      caption: language(
        "Baseline: always “\(verdict.baselineLabel)”; for areas, chance.",
        "기준선: 항상 “\(verdict.baselineLabel)”(이)라고 답함. 곡선 아래 면적은 무작위."))
    return [.table(table)]
  }

  /// The value, marked where its whole interval is on one side of the baseline.
  private func value(_ entry: VerdictEntry) -> HTMLTable.Cell {
    guard let baseline = entry.baseline, baseline.isFinite else { return .text(entry.valueText) }
    let sign = entry.figure.isBetterGreater ? 1.0 : -1
    let ends = [entry.estimate.interval.lower, entry.estimate.interval.upper]
      .map { sign * ($0 - baseline) }
    if ends.allSatisfy({ $0 > 0 }) { return .marked(entry.valueText, .good) }
    return ends.allSatisfy { $0 < 0 } ? .marked(entry.valueText, .bad) : .text(entry.valueText)
  }

  private func method(_ method: Interval.Method) -> String {
    switch method {
    case .wilson: language("Wilson", "윌슨")
    case .clopperPearson: language("exact", "정확")
    case .bootstrap: language("bootstrap", "부트스트랩")
    case .deLong: language("DeLong", "드롱")
    case .student: language("Student's t", "스튜던트 t")
    case .wald: language("Wald", "왈드")
    case .beta: language("beta distribution", "베타 분포")
    }
  }

  func costs(_ costs: ClassificationVerdict.Costs) -> [HTMLBlock] {
    let rule: String =
      switch verdict.rule {
      case .greatest: language("the class of the greatest score", "점수가 가장 큰 클래스")
      case .threshold(let threshold, let place):
        language(
          "“\(verdict.labels[place])” where its score exceeds \(threshold.significant)",
          "점수가 \(threshold.significant)을(를) 넘으면 “\(verdict.labels[place])”")
      case .cheapest:
        language("the class of least expected cost", "기대 비용이 가장 작은 클래스")
      }
    let comparison = HTMLTable(
      [language("answers", "답변 방식"), VerdictFigure.expectedCost.term(language)],
      rows: [
        [
          .text(language("this rule: \(rule)", "적용한 기준: \(rule)")),
          .text(costs.expected.value.significant),
        ],
        [
          .text(language("greatest score", "가장 큰 점수")), .text(costs.ofGreatestScore.significant),
        ],
        [
          .text(
            language(
              "always “\(costs.cheapestConstant)”, the cheapest constant answer",
              "항상 “\(costs.cheapestConstant)” (가장 싼 고정 답)")),
          .text(costs.ofCheapestConstant.significant),
        ],
      ],
      caption: language("Negative costs are gains.", "음수 비용은 이득임."))
    let matrix = HTMLTable(
      [language("true \\ predicted", "참 \\ 예측")] + verdict.labels,
      rows: zip(verdict.labels, costs.matrix.costs).map { label, numbers in
        [.text(label)] + numbers.map { .text($0.significant) }
      }, caption: language("Cost of one sample", "표본 하나의 비용"))
    return [.table(comparison), .table(matrix)]
  }

  var confusion: [HTMLBlock] {
    let matrix = verdict.matrix
    let chart = ConfusionMatrixChart(
      title: language("Counts", "개수"), matrix: matrix, truthTitle: language("True", "참"),
      predictedTitle: language("Predicted", "예측"),
      legend: .init(
        right: language("right", "정답"), wrong: language("wrong", "오답"),
        scale: language("100 % of the true class", "참 클래스의 100 %")))
    guard matrix.labels.count <= 12 else { return [.chart(chart)] }
    let tables = ConfusionMatrix.Normalisation.allCases.map { kind in
      let caption =
        switch kind {
        case .truth:
          language("By true class: the diagonal is recall", "참 클래스 기준: 대각선은 재현율")
        case .predicted:
          language("By predicted class: the diagonal is precision", "예측 클래스 기준: 대각선은 정밀도")
        case .all: language("By all samples", "전체 기준")
        }
      return HTMLBlock.table(
        HTMLTable(
          [language("true \\ predicted", "참 \\ 예측")] + matrix.labels,
          rows: zip(matrix.labels, matrix.normalised(by: kind)).map { label, shares in
            [.text(label)] + shares.map { .text($0.percent) }
          }, caption: caption))
    }
    return [.chart(chart)] + tables
  }

  var classes: [HTMLBlock] {
    let counts: [(VerdictFigure, (BinaryCounts) -> Double)] = [
      (.truePositives, \.truePositives), (.typeIErrors, \.falsePositives),
      (.typeIIErrors, \.falseNegatives), (.trueNegatives, \.trueNegatives),
    ]
    let shares: [(VerdictFigure, (BinaryCounts) -> Double)] = [
      (.specificity, \.specificity), (.negativePredictiveValue, \.negativePredictiveValue),
      (.falsePositiveRate, \.falsePositiveRate), (.falseNegativeRate, \.falseNegativeRate),
      (.f1, \.f1),
    ]
    func text(_ figure: VerdictFigure, _ estimate: Estimate?) -> HTMLTable.Cell {
      guard let estimate else { return "–" }
      let entry = VerdictEntry(figure, estimate)
      return .text("\(entry.valueText) (\(entry.intervalText))")
    }
    let rows = verdict.classes.map { row -> [HTMLTable.Cell] in
      [.text(row.label)] + counts.map { .text($0.1(row.counts).grouped) }
        + [
          text(.precision, row.precision), text(.recall, row.recall),
        ] + shares.map { .text(VerdictEntry.text($0.1(row.counts), $0.0)) }
        + [text(.rocAUC, row.rocAUC)]
    }
    let heads =
      [language("class", "클래스")] + counts.map { $0.0.term(language) }
      + [VerdictFigure.precision.term(language), VerdictFigure.recall.term(language)]
      + shares.map { $0.0.term(language) } + [VerdictFigure.rocAUC.term(language)]
    return [
      .table(
        HTMLTable(
          heads, rows: rows,
          caption: language(
            "Each class against all others, on these samples.", "이 표본에서 각 클래스를 나머지와 비교함.")))
    ]
  }

  var charts: [any Chart] {
    guard !verdict.curves.isEmpty else { return calibrationCharts }
    func series(_ curve: KeyPath<ClassificationVerdict.Curves, Curve>) -> [ScatterChart.Series] {
      verdict.curves.map { entry in
        let points = zip(entry[keyPath: curve].x, entry[keyPath: curve].y)
        return .init(name: entry.label, points: points.map { ($0, $1) }, isLine: true)
      }
    }
    let diagonal = ScatterChart.Series(
      name: language("chance", "무작위"), points: [(0, 0), (1, 1)], isLine: true)
    return [
      ScatterChart(
        title: language("Receiver operating characteristic", "ROC 곡선"),
        xTitle: VerdictFigure.falsePositiveRate.term(language),
        yTitle: VerdictFigure.recall.term(language), series: series(\.roc) + [diagonal]),
      ScatterChart(
        title: language("Precision and recall", "정밀도-재현율 곡선"),
        xTitle: VerdictFigure.recall.term(language),
        yTitle: VerdictFigure.precision.term(language), series: series(\.precisionRecall)),
      ScatterChart(
        title: language("Cumulative gain", "누적 이득 곡선"),
        xTitle: language("share of samples looked at, greatest scores first", "점수 순으로 살펴본 표본의 비율"),
        yTitle: language("share of the class found", "찾아낸 비율"),
        series: series(\.gain) + [diagonal]),
    ] + calibrationCharts
  }

  private var calibrationCharts: [any Chart] {
    guard let curve = verdict.calibration else { return [] }
    return [
      ScatterChart(
        title: language("Calibration", "확률 보정 곡선"),
        xTitle: language("mean probability given", "예측 확률의 평균"),
        yTitle: language("share that is so", "실제 비율"),
        series: [
          .init(
            name: language("bins of samples", "표본 구간"),
            points: curve.bins.map { ($0.meanProbability, $0.share) }),
          .init(
            name: language("honest", "이상적"), points: [(0, 0), (1, 1)], isLine: true),
        ])
    ]
  }
}
