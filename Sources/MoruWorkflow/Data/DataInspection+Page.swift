internal import Foundation
internal import MoruData
internal import MoruTensors
public import MoruReport

extension DataInspection {
  /// The inspection as a page with plots.
  public func page() -> HTMLPage {
    let findings = findings
    func count(_ severity: Finding.Severity) -> String {
      "\(findings.count { $0.finding.severity == severity })"
    }
    let samples = parts.reduce(0) { $0 + $1.profile.report.count }
    var page = HTMLPage(
      title: "Data: \(title)",
      lead: [
        .figures([
          ("samples", "\(samples)"), ("problems", count(.problem)),
          ("warnings", count(.warning)), ("notes", count(.note)),
        ])
      ])
    page.sections.append(
      .init(
        "Findings",
        findings.isEmpty
          ? [.note(.good, "Nothing was found that stands in the way.")]
          : findings.map { Self.note($0.finding, part: parts.count > 1 ? $0.part : nil) }))
    if !groupsBetweenParts.isEmpty {
      page.sections.append(
        .init("Pictures in several parts", Self.gallery(groupsBetweenParts, namesParts: true)))
    }
    for part in parts {
      page.sections += Self.sections(
        of: part.profile, title: parts.count > 1 ? "\(part.name): " : "")
    }
    return page
  }

  static func note(_ finding: Finding, part: String?) -> HTMLBlock {
    let examples =
      finding.examples.isEmpty ? "" : " Examples: " + finding.examples.joined(separator: "; ") + "."
    return .note(
      finding.severity.level, (part.map { "\($0): " } ?? "") + finding.message,
      detail: finding.advice + examples)
  }

  private static func sections(
    of profile: DataProfile, title: String
  ) -> [HTMLPage.Section] {
    let report = profile.report
    func head(_ text: String) -> String { title.isEmpty ? text.capitalizedFirst : title + text }
    var sections: [HTMLPage.Section] = []
    if !report.classes.isEmpty {
      sections.append(.init(head("classes"), [.chart(classChart(report))]))
    }
    if !report.imageSizes.isEmpty {
      sections.append(.init(head("sizes"), [.table(sizeTable(report))]))
    }
    if !profile.pictureGroups.isEmpty {
      sections.append(
        .init(
          head("pictures that occur more than once"),
          gallery(profile.pictureGroups, namesParts: false)))
    }
    guard !profile.distributions.isEmpty else { return sections }
    sections.append(.init(head("columns"), [.table(columnTable(profile))] + missingness(profile)))
    // Of names and serial numbers every bar would be as short as the others.
    let shown = profile.distributions.filter { distribution in
      distribution.edges != nil || distribution.parts.contains { $0.count > 1 }
    }
    if !shown.isEmpty {
      sections.append(.init(head("distributions"), [.charts(shown.map(chart))]))
    }
    if let target = report.target {
      sections += targetSections(profile, target: target, head: head)
    }
    if let correlations = profile.correlations {
      sections.append(
        .init(
          head("correlations"),
          [
            .chart(
              HeatMapChart(
                title: "Pearson's correlation", labels: correlations.columns,
                values: correlations.values))
          ]))
    }
    return sections
  }

  private static func targetSections(
    _ profile: DataProfile, target: String, head: (String) -> String
  ) -> [HTMLPage.Section] {
    var sections: [HTMLPage.Section] = []
    if !profile.strengths.isEmpty {
      sections.append(
        .init(
          head("what each column alone tells of \(target)"),
          [
            .paragraph(
              "Skill is the share of the error of guessing that goes away on rows that were not "
                + "looked at; a column with nearly all of it may have been written after the outcome."
            ),
            .table(strengthTable(profile.strengths)),
          ]))
    }
    let labels = profile.report.classes.map(\.label)
    let charts = profile.distributions.compactMap { distribution in
      chart(distribution, byClassOf: labels)
    }
    if !charts.isEmpty {
      sections.append(.init(head("\(target) by column"), [.charts(charts)]))
    }
    return sections
  }

  private static func classChart(_ report: DataReport) -> BarChart {
    let limit = 40
    let bars = report.classes.prefix(limit).map { BarChart.Bar(label: $0.label, count: $0.count) }
    let rest = report.classes.dropFirst(limit).reduce(0) { $0 + $1.count }
    return BarChart(
      title: report.target.map { "Classes of \($0)" } ?? "Classes",
      bars: bars + (rest > 0 ? [.init(label: "others", count: rest)] : []))
  }

  private static func missingness(_ profile: DataProfile) -> [HTMLBlock] {
    let missing = profile.report.columns.filter { $0.missing > 0 }
    guard !missing.isEmpty else { return [] }
    return [
      .chart(
        BarChart(
          title: "Cells without a value", countTitle: "rows",
          bars: missing.map { .init(label: $0.name, count: $0.missing) },
          total: profile.report.count))
    ]
  }

  private static func sizeTable(_ report: DataReport) -> HTMLTable {
    HTMLTable(
      ["size", "kind", "pictures"],
      rows: report.imageSizes.prefix(30).map { size in
        [
          "\(size.width) × \(size.height)", size.channels == 1 ? "grey" : "colour",
          "\(size.count)",
        ]
      }, textColumns: 2)
  }

  private static func columnTable(_ profile: DataProfile) -> HTMLTable {
    HTMLTable(
      ["column", "type", "missing", "distinct", "least", "mean", "greatest"],
      rows: profile.report.columns.map { column in
        [
          .text(column.name), .text(column.type),
          column.missing == 0 ? "0" : .marked("\(column.missing)", .warning),
          .text(column.distinct.map(String.init) ?? ""), .text(column.minimum.shown),
          .text(column.mean.shown), .text(column.maximum.shown),
        ]
      }, textColumns: 2)
  }

  private static func strengthTable(_ strengths: [FeatureStrength]) -> HTMLTable {
    func text(_ number: Double?) -> HTMLTable.Cell {
      .text(number.map { String(format: "%.3f", $0) } ?? "")
    }
    return HTMLTable(
      ["column", "skill", "area under ROC", "information (nats)"],
      rows: strengths.map { strength in
        [
          strength.isSuspicious ? .marked(strength.column, .warning) : .text(strength.column),
          text(strength.skill), text(strength.auc), text(strength.information),
        ]
      })
  }

  private static func chart(_ distribution: Distribution) -> any Chart {
    if let edges = distribution.edges {
      return HistogramChart(
        title: distribution.column, edges: edges,
        layers: [.init(name: distribution.column, counts: distribution.parts.map(\.count))])
    }
    let others = distribution.otherCount
    return BarChart(
      title: distribution.column, countTitle: "cells",
      bars: distribution.parts.map { .init(label: $0.label, count: $0.count) }
        + (others > 0 ? [.init(label: "others", count: others)] : []))
  }

  /// The values of a column by class; nil for the target and where there are no classes.
  private static func chart(
    _ distribution: Distribution, byClassOf labels: [String]
  ) -> (any Chart)? {
    guard let first = distribution.parts.first?.classCounts, first.count == labels.count else {
      return nil
    }
    let edges =
      distribution.edges ?? (0...distribution.parts.count).map { Double($0) + 0.5 }
    return HistogramChart(
      title: distribution.column,
      valueTitle: distribution.edges == nil
        ? distribution.parts.prefix(6).map(\.label).joined(separator: " · ") : "",
      edges: edges,
      layers: labels.enumerated().map { place, label in
        .init(name: label, counts: distribution.parts.map { $0.classCounts?[place] ?? 0 })
      })
  }

  /// The first pictures of each of the first groups, shrunk.
  private static func gallery(_ groups: [PictureGroup], namesParts: Bool) -> [HTMLBlock] {
    let groupLimit = 24
    let blocks = groups.prefix(groupLimit).flatMap { group -> [HTMLBlock] in
      let words = [
        group.isEqual ? "equal" : "nearly equal", group.isConflict ? "of different classes" : nil,
      ].compactMap { $0 }
      let pictures = group.members.prefix(6).compactMap { member -> HTMLPicture? in
        guard let png = member.url.flatMap(thumbnail) else { return nil }
        return HTMLPicture(
          png: png, caption: namesParts ? "\(member.part)/\(member.name)" : member.name)
      }
      let head = HTMLBlock.heading(
        "\(group.members.count) pictures, " + words.joined(separator: ", "))
      return pictures.isEmpty
        ? [head, .list(group.members.prefix(6).map(\.name))] : [head, .pictures(pictures)]
    }
    let rest = groups.count - groupLimit
    return blocks + (rest > 0 ? [.paragraph("And \(rest) more groups.")] : [])
  }

  private static func thumbnail(_ url: URL) -> Data? {
    guard let image = try? ImageFile.read(at: url) else { return nil }
    let (height, width) = (image.shape[0], image.shape[1])
    let scale = min(1, 160 / Double(max(height, width)))
    let small = try? ImageFile.resized(
      image, height: max(1, Int(Double(height) * scale)), width: max(1, Int(Double(width) * scale)),
      interpolation: .area)
    return small.flatMap { try? ImageFile.pngData($0) }
  }
}

extension Finding.Severity {
  /// How a page marks it.
  var level: HTMLBlock.Level {
    switch self {
    case .note: .neutral
    case .warning: .warning
    case .problem: .bad
    }
  }
}

extension Double? {
  /// Four significant digits; empty for nil.
  var shown: String {
    guard let self else { return "" }
    return self == self.rounded() && abs(self) < 1e9
      ? String(format: "%.0f", self) : String(format: "%.4g", self)
  }
}

extension String {
  /// The text with a capital first letter.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
