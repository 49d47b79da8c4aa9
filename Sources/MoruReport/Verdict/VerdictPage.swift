import Foundation
import MoruArchive
public import MoruMetrics

/// The verdict on a model as one page: the figures that matter first, what they rest on below.
public struct VerdictPage: Sendable {
  /// What a page is about.
  public struct Subject: Sendable, Equatable {
    /// The model's name.
    public var model: String
    /// What it was judged on.
    public var data: String
    /// When, as text; nil for none.
    public var date: String?
    /// How often the samples were judged on, this time included; nil if nobody counts.
    public var timesRead: Int?
    /// What the samples have to do with those that the model has learned from; nil for nothing known.
    public var overlap: TrainingOverlap?

    /// What a page is about.
    public init(
      model: String, data: String, date: String? = nil, timesRead: Int? = nil,
      overlap: TrainingOverlap? = nil
    ) {
      self.model = model
      self.data = data
      self.date = date
      self.timesRead = timesRead
      self.overlap = overlap
    }
  }

  let subject: Subject
  let language: ReportLanguage

  /// A page in a language.
  public init(_ subject: Subject, language: ReportLanguage = .english) {
    self.subject = subject
    self.language = language
  }

  /// The page of a classifier.
  ///
  /// - Parameter slices: Figures of parts of the samples, by what parts them; empty for none.
  /// - Parameter mistakes: The worst mistakes, worst first.
  public func page(
    of verdict: ClassificationVerdict, slices: [SliceTable] = [], mistakes: [Mistake] = []
  ) -> HTMLPage {
    let parts = VerdictParts(verdict: verdict, language: language)
    var sections: [HTMLPage.Section] = [
      .init(language("Figures", "지표"), parts.figures)
    ]
    if let costs = verdict.costs {
      sections.append(.init(language("Costs and decision", "비용과 판정 기준"), parts.costs(costs)))
    }
    sections += [
      .init(language("Confusion matrix", "혼동 행렬"), parts.confusion),
      .init(language("Classes", "클래스별"), parts.classes),
    ]
    if !parts.charts.isEmpty {
      sections.append(.init(language("Curves", "곡선"), [.charts(parts.charts)]))
    }
    sections += sliceSections(slices) + mistakeSections(mistakes)
    return document(lead: parts.lead + [facts(verdict.samples)], sections)
  }

  /// The page of a model that answers with numbers.
  public func page(
    of verdict: RegressionVerdict, slices: [SliceTable] = [], mistakes: [Mistake] = []
  ) -> HTMLPage {
    let lead = HTMLBlock.figures(
      verdict.headline.map {
        ($0.title(language, labels: []), "\($0.valueText) (\($0.intervalText))")
      })
    let table = HTMLTable(
      [
        language("figure", "지표"), language("model", "모델"), language("95 % interval", "95 % 구간"),
        language("baseline", "기준선"),
      ],
      rows: (verdict.headline + verdict.others).map { entry in
        [
          .text(entry.title(language, labels: [])), .text(entry.valueText),
          .text(entry.intervalText), .text(entry.baselineText),
        ]
      },
      caption: language(
        "Baseline: always the mean of these samples, \(verdict.baselineAnswer.significant).",
        "기준선: 항상 이 표본의 평균 \(verdict.baselineAnswer.significant)을(를) 답함."))
    let ends = [verdict.points.map(\.truth).min() ?? 0, verdict.points.map(\.truth).max() ?? 0]
    let charts: [any Chart] = [
      ScatterChart(
        title: language("Predicted over true values", "참값에 대한 예측값"),
        xTitle: language("true value", "참값"), yTitle: language("predicted value", "예측값"),
        series: [
          .init(
            name: language("samples", "표본"),
            points: verdict.points.map { ($0.truth, $0.predicted) }),
          .init(
            name: language("right", "정답선"), points: ends.map { ($0, $0) }, isLine: true),
        ]),
      ScatterChart(
        title: language("Errors over predicted values", "예측값에 대한 오차"),
        xTitle: language("predicted value", "예측값"), yTitle: language("error", "오차"),
        series: [
          .init(
            name: language("samples", "표본"),
            points: verdict.points.map { ($0.predicted, $0.predicted - $0.truth) })
        ]),
    ]
    return document(
      lead: [lead, facts(verdict.samples)],
      [
        .init(language("Figures", "지표"), [.table(table)]),
        .init(language("Errors", "오차"), [.charts(charts)]),
      ] + sliceSections(slices) + mistakeSections(mistakes))
  }

  func document(lead: [HTMLBlock], _ sections: [HTMLPage.Section]) -> HTMLPage {
    let warning = subject.overlap.map { overlap in
      let (heading, detail) = overlap.text(language)
      return HTMLBlock.note(.bad, heading, detail: detail)
    }
    return HTMLPage(
      title: language("Verdict on \(subject.model)", "\(subject.model) 평가"),
      language: language.rawValue, lead: [warning].compactMap(\.self) + lead, sections: sections)
  }

  func facts(_ samples: Int) -> HTMLBlock {
    let date = subject.date.map { language(", \($0)", ", \($0)") } ?? ""
    let reads = subject.timesRead.map { times in
      times == 1
        ? language(" These samples are judged on for the first time.", " 이 표본으로는 처음 평가함.")
        : language(
          " These samples have been judged on \(times) times, this one included.",
          " 이 표본으로 평가한 횟수: 이번까지 \(times)회.")
    }
    return .paragraph(
      language(
        "Judged on \(subject.data), \(Double(samples).grouped) samples\(date). "
          + "Intervals hold the true figure with 95 % confidence." + (reads ?? ""),
        "\(subject.data)의 표본 \(Double(samples).grouped)개로 평가함\(date). "
          + "구간은 95 % 신뢰 구간임." + (reads ?? "")))
  }

  private func sliceSections(_ slices: [SliceTable]) -> [HTMLPage.Section] {
    guard !slices.isEmpty else { return [] }
    return [
      .init(
        language("Slices", "부분별"),
        slices.map { slice in
          .table(
            HTMLTable(
              [slice.name, language("samples", "표본 수")] + slice.figures.map { $0.term(language) },
              rows: slice.rows.map { row in
                [.text(row.name), .text(Double(row.count).grouped)]
                  + zip(slice.figures, row.figure).map { figure, estimate in
                    .text(
                      estimate.map {
                        let entry = VerdictEntry(figure, $0)
                        return "\(entry.valueText) (\(entry.intervalText))"
                      } ?? "–")
                  }
              }))
        })
    ]
  }

  private func mistakeSections(_ mistakes: [Mistake]) -> [HTMLPage.Section] {
    guard !mistakes.isEmpty else { return [] }
    let title = language("The worst mistakes", "가장 큰 오류")
    func line(_ mistake: Mistake) -> String {
      language(
        "\(mistake.name): \(mistake.truth) taken for \(mistake.predicted), \(mistake.detail)",
        "\(mistake.name): \(mistake.truth) → \(mistake.predicted), \(mistake.detail)")
    }
    let pictures = mistakes.compactMap { mistake in
      mistake.png.map { HTMLPicture(png: $0, caption: line(mistake)) }
    }
    if !pictures.isEmpty { return [.init(title, [.pictures(pictures)])] }
    let columns = mistakes.first?.cells.map(\.name) ?? []
    let table = HTMLTable(
      [
        language("sample", "표본"), language("true", "참"), language("predicted", "예측"),
        language("how sure or far off", "확신 또는 오차"),
      ] + columns,
      rows: mistakes.map { mistake in
        ([mistake.name, mistake.truth, mistake.predicted, mistake.detail]
          + mistake.cells.map(\.value)).map { .text($0) }
      }, textColumns: 3)
    return [.init(title, [.table(table)])]
  }
}

/// Figures of parts of the samples.
public struct SliceTable: Sendable, Equatable {
  /// What the samples are parted by.
  public var name: String
  /// The figures, in the order of the columns.
  public var figures: [VerdictFigure]
  /// The parts, each with its figures; nil where one is undefined.
  public var rows: [Slice<[Estimate?]>]

  /// Figures of parts.
  public init(name: String, figures: [VerdictFigure], rows: [Slice<[Estimate?]>]) {
    self.name = name
    self.figures = figures
    self.rows = rows
  }
}

extension Double {
  /// A share in per cent, with as many digits as tell it from 0 and 100.
  var percent: String {
    let value = 100 * self
    let rest = min(abs(value), abs(100 - value))
    let digits = rest == 0 || rest >= 0.95 ? 1 : rest >= 0.095 ? 2 : 3
    return String(format: "%.\(digits)f %%", value)
  }
}
