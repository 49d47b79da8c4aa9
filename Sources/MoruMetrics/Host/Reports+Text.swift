import MoruArchive

extension ClassificationReport {
  /// The report as an aligned table for the terminal.
  ///
  /// An asterisk marks a 0 that stands for 0 ÷ 0, and a line below says so.
  public var text: String {
    let hasUndefined = classes.contains { $0.predicted == 0 || $0.support == 0 }
    func cell(_ value: Double, undefined: Bool = false) -> String {
      hasUndefined ? value.fixed + (undefined ? "*" : " ") : value.fixed
    }
    var table = TextTable(["class", "precision", "recall", "F1", "samples"])
    for scores in classes {
      table.append([
        scores.label.truncated(toColumns: 40),
        cell(scores.precision, undefined: scores.predicted == 0),
        cell(scores.recall, undefined: scores.support == 0),
        cell(scores.f1, undefined: scores.predicted == 0 && scores.support == 0),
        "\(scores.support)",
      ])
    }
    for (name, averages) in [
      ("macro average", macroAverage), ("weighted average", weightedAverage),
    ] {
      table.append([
        name, cell(averages.precision), cell(averages.recall), cell(averages.f1), "\(samples)",
      ])
    }
    var lines = [table.text, "accuracy \(accuracyText)"]
    if hasUndefined {
      lines.append("* 0 ÷ 0 counted as 0: the class was never predicted, or has no samples.")
    }
    return lines.joined(separator: "\n")
  }

  /// Such as `0.9722, 95 % interval 0.9497–0.9848 (Wilson score); 350 of 360 right`.
  public var accuracyText: String {
    let interval = accuracy.interval
    return "\(accuracy.value.fixed), 95 % interval \(interval.lower.fixed)–\(interval.upper.fixed) "
      + "(\(interval.method.title)); \(correct) of \(samples) right"
  }
}

extension MultiLabelReport {
  /// The report as an aligned table for the terminal.
  public var text: String {
    var table = TextTable(["label", "threshold", "precision", "recall", "F1", "samples"])
    for (scores, threshold) in zip(labels, thresholds.values) {
      table.append([
        scores.label.truncated(toColumns: 40), threshold.fixed, scores.precision.fixed,
        scores.recall.fixed, scores.f1.fixed, "\(scores.support)",
      ])
    }
    for (name, averages) in [
      ("micro average", microAverage), ("macro average", macroAverage),
      ("weighted average", weightedAverage),
    ] {
      table.append([
        name, "", averages.precision.fixed, averages.recall.fixed, averages.f1.fixed,
        "\(samples)",
      ])
    }
    let interval = exactMatch.interval
    return table.text
      + "\nall labels right \(exactMatch.value.fixed), 95 % interval "
      + "\(interval.lower.fixed)–\(interval.upper.fixed) (\(interval.method.title)); "
      + "\(exact) of \(samples)\nwrong answers (Hamming loss) \(hammingLoss.fixed)"
  }
}

extension RegressionReport {
  /// The report as an aligned table for the terminal, in the target's unit.
  public var text: String {
    var table = TextTable(["on \(samples) samples", "value", "95 % interval (bootstrap)"])
    func append(_ name: String, _ estimate: Estimate, in format: (Double) -> String) {
      let interval = estimate.interval
      table.append([
        name, format(estimate.value), "\(format(interval.lower)) – \(format(interval.upper))",
      ])
    }
    append("mean absolute error", meanAbsoluteError, in: \.significant)
    append("root mean squared error", rootMeanSquaredError, in: \.significant)
    if let r2 {
      append("R²", r2, in: \.fixed)
    } else {
      table.append(["R²", "undefined", "targets do not vary"])
    }
    return table.text
  }
}

extension MostFrequentClassBaseline {
  /// One line for the terminal: the answer and its accuracy.
  public var text: String {
    "always “\(label.printable.truncated(toColumns: 24))”, the most frequent class in training: "
      + "accuracy \(report.accuracyText)"
  }
}

extension MeanBaseline {
  /// One line for the terminal: the answer and its mean absolute error.
  public var text: String {
    "always \(mean.significant), the mean in training: mean absolute error "
      + "\(report.meanAbsoluteError)"
  }
}
