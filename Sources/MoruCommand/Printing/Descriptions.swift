internal import Foundation
internal import MoruArchive
internal import MoruData
internal import MoruMetrics
internal import MoruModels
internal import MoruWorkflow

extension DataReport {
  /// The facts that decide whether data can be learned from, without the table of columns.
  var shortText: String {
    var lines = ["\(source): \(count) samples"]
    let missing = columns.reduce(0) { $0 + $1.missing }
    lines.append(
      "missing values \(missing), duplicates \(duplicates)"
        + (labelConflicts.map { ", label conflicts \($0)" } ?? ""))
    if !constantColumns.isEmpty {
      let shown = constantColumns.prefix(6).joined(separator: ", ")
      lines.append("columns without variation: \(shown)" + (constantColumns.count > 6 ? ", …" : ""))
    }
    guard !classes.isEmpty else { return lines.joined(separator: "\n") }
    var table = TextTable(["class", "samples", "share"])
    for entry in classes {
      table.append([
        entry.label, "\(entry.count)",
        String(format: "%.1f %%", 100 * Double(entry.count) / Double(max(count, 1))),
      ])
    }
    return (lines + ["", table.text]).joined(separator: "\n")
  }
}

extension Baseline {
  /// One line: the answer, and how good it is.
  var text: String {
    switch self {
    case .mostFrequentClass(let baseline): baseline.text
    case .mean(let baseline): baseline.text
    case .frequentLabels(let baseline): baseline.text
    }
  }
}

extension FrequentLabelsBaseline {
  /// One line: the answer, and how good it is.
  var text: String {
    let answer =
      labels.isEmpty
      ? "never a label, as none is that of most samples"
      : "always " + labels.map { "“\($0)”" }.joined(separator: ", ")
    return "\(answer): all labels right \(String(format: "%.4f", report.exactMatch.value))"
  }
}

extension Verdict {
  /// The verdict beside what it had to beat, as text.
  ///
  /// - Parameter baseline: Nil where nothing was trained; the data's own most frequent class
  ///   stands in for it.
  func text(beside baseline: Baseline?) -> String {
    let isOfMany = answers.count > 1
    let lines = answers.flatMap { answer in
      (isOfMany ? ["Output \(answer.output)"] : []) + text(answer, beside: baseline)
        + (isOfMany ? [""] : [])
    }
    return (lines + ["loss " + String(format: "%.4g", loss)]).joined(separator: "\n")
  }

  private func text(_ answer: Answer, beside baseline: Baseline?) -> [String] {
    var lines: [String] = []
    switch answer.result {
    case .classes(let matrix, let report):
      lines += [matrix.text(), "", report.text]
      if case .mostFrequentClass(let known)? = baseline {
        lines.append("baseline \(known.report.accuracyText): always “\(known.label)”")
      } else if let most = report.classes.max(by: { $0.support < $1.support }) {
        let share = Double(most.support) / Double(max(samples, 1))
        lines.append(
          "baseline " + String(format: "%.4f", share)
            + ", the share of “\(most.label)”, the most frequent class here")
      }
    case .numbers(let report):
      lines.append(report.text)
      if case .mean(let known)? = baseline { lines.append("baseline \(known.text)") }
    case .labels(let report):
      lines.append(report.text)
      if case .frequentLabels(let known)? = baseline { lines.append("baseline \(known.text)") }
    }
    if let loss = answer.loss { lines.append("loss " + String(format: "%.4g", loss)) }
    return lines
  }

  /// The figures for programs.
  var json: VerdictJSON { VerdictJSON(self) }
}

/// A verdict as JSON: the figures of a model of one output, or of each of several by name.
struct VerdictJSON: Encodable {
  let samples: Int
  let loss: Double
  let answer: AnswerFiguresJSON?
  let outputs: [String: AnswerFiguresJSON]?

  init(_ verdict: Verdict) {
    samples = verdict.samples
    loss = verdict.loss
    let answers = verdict.answers.map { ($0.output, AnswerFiguresJSON($0)) }
    answer = answers.count == 1 ? answers[0].1 : nil
    outputs = answers.count == 1 ? nil : Dictionary(answers) { first, _ in first }
  }

  private enum CodingKeys: CodingKey { case samples, loss, outputs }

  func encode(to encoder: any Encoder) throws {
    try answer?.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(samples, forKey: .samples)
    try container.encode(loss, forKey: .loss)
    try container.encodeIfPresent(outputs, forKey: .outputs)
  }
}

/// What the answers of one output came to, as JSON.
struct AnswerFiguresJSON: Encodable {
  let loss: Double?
  var accuracy: Double?
  var accuracyInterval: [Double]?
  var confusionMatrix: ConfusionMatrix?
  var meanAbsoluteError: Double?
  var meanAbsoluteErrorInterval: [Double]?
  var rootMeanSquaredError: Double?
  var rootMeanSquaredErrorInterval: [Double]?
  var r2: Double?
  var exactMatch: Double?
  var exactMatchInterval: [Double]?
  var hammingLoss: Double?
  var labels: MultiLabelReport?

  init(_ answer: Verdict.Answer) {
    loss = answer.loss
    func ends(_ estimate: Estimate) -> [Double] {
      [estimate.interval.lower, estimate.interval.upper]
    }
    switch answer.result {
    case .classes(let matrix, let report):
      accuracy = report.accuracy.value
      accuracyInterval = ends(report.accuracy)
      confusionMatrix = matrix
    case .numbers(let report):
      meanAbsoluteError = report.meanAbsoluteError.value
      meanAbsoluteErrorInterval = ends(report.meanAbsoluteError)
      rootMeanSquaredError = report.rootMeanSquaredError.value
      rootMeanSquaredErrorInterval = ends(report.rootMeanSquaredError)
      r2 = report.r2?.value
    case .labels(let report):
      exactMatch = report.exactMatch.value
      exactMatchInterval = ends(report.exactMatch)
      hammingLoss = report.hammingLoss
      labels = report
    }
  }
}
