import MoruArchive
public import MoruMetrics

extension VerdictPage {
  /// The page of a model whose answers are sets of labels.
  ///
  /// - Parameter reports: What each output came to, by its name.
  public func page(of reports: [(output: String, report: MultiLabelReport)]) -> HTMLPage {
    let lead = reports.map { output, report -> HTMLBlock in
      let prefix = reports.count > 1 ? "\(output): " : ""
      let exact = VerdictEntry(.accuracy, report.exactMatch)
      return .figures([
        (
          prefix + language("all labels right", "모든 라벨 정답"),
          "\(exact.valueText) (\(exact.intervalText))"
        ),
        (prefix + language("share of wrong answers", "틀린 답의 비율"), report.hammingLoss.significant),
        (prefix + language("F1, mean of labels", "라벨 평균 F1"), report.macroAverage.f1.significant),
      ])
    }
    let sections = reports.flatMap { output, report -> [HTMLPage.Section] in
      let head = reports.count > 1 ? " – \(output)" : ""
      return [
        .init(
          language("Labels", "라벨별") + head, [.table(labelTable(report)), .charts(charts(report))])
      ]
    }
    return document(lead: lead + [facts(reports.first?.report.samples ?? 0)], sections)
  }

  private func labelTable(_ report: MultiLabelReport) -> HTMLTable {
    func row(_ name: String, _ scores: ClassificationReport.Averages) -> [HTMLTable.Cell] {
      [
        .text(name), "", .text(scores.precision.significant), .text(scores.recall.significant),
        .text(scores.f1.significant),
      ]
    }
    let labels = zip(report.labels, report.thresholds.values).map {
      label, threshold -> [HTMLTable.Cell] in
      [
        .text(label.label), .text(threshold.significant), .text(label.precision.significant),
        .text(label.recall.significant), .text(label.f1.significant),
        .text(Double(label.support).grouped),
        .text(Double(label.predicted).grouped),
      ]
    }
    return HTMLTable(
      [
        language("label", "라벨"), language("given above", "판정 기준"),
        VerdictFigure.precision.term(language), VerdictFigure.recall.term(language),
        VerdictFigure.f1.term(language), language("samples", "표본 수"),
        language("answers", "답한 수"),
      ],
      rows: labels + [
        row(language("all together", "전체 합산"), report.microAverage),
        row(language("mean of labels", "라벨 평균"), report.macroAverage),
        row(language("mean by samples", "표본 가중 평균"), report.weightedAverage),
      ],
      caption: language(
        "A label is given where its score is above its threshold.",
        "점수가 판정 기준보다 큰 라벨을 답으로 함."))
  }

  private func charts(_ report: MultiLabelReport) -> [any Chart] {
    [
      BarChart(
        title: language("Samples that have each label", "라벨별 표본 수"),
        countTitle: language("samples", "표본 수"),
        bars: report.labels.map { .init(label: $0.label, count: $0.support) }),
      BarChart(
        title: language("Labels that were missed", "놓친 라벨"),
        countTitle: language("samples", "표본 수"),
        bars: report.labels.map { .init(label: $0.label, count: $0.support - Self.hits($0)) }),
      BarChart(
        title: language("Labels that were given wrongly", "잘못 붙인 라벨"),
        countTitle: language("samples", "표본 수"),
        bars: report.labels.map { .init(label: $0.label, count: $0.predicted - Self.hits($0)) }),
    ]
  }
  /// How many samples of a label were found.
  private static func hits(_ label: ClassificationReport.ClassScores) -> Int {
    Int((label.recall * Double(label.support)).rounded())
  }
}
