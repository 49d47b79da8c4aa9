import MoruMetrics
import MoruTensors
import Testing

private func inspection() throws -> ConfusionMatrix {
  try ConfusionMatrix(
    counts: [[120, 3, 0], [4, 57, 0], [1, 0, 0]], labels: ["양품", "scratch", "dent"])
}

@Test func aConfusionMatrixIsPrintedAligned() throws {
  #expect(
    try inspection().text() == """
      true \\ predicted  양품  scratch  dent  total
      ────────────────────────────────────────────
      양품               120        3     ·    123
      scratch              4       57     ·     61
      dent                 1        ·     ·      1
      """)
}

@Test func columnsAreNumberedWhereLabelsAreTooWide() throws {
  #expect(
    try inspection().text(maximumWidth: 40) == """
      true \\ predicted    0   1  2  total
      ───────────────────────────────────
      0 양품            120   3  ·    123
      1 scratch           4  57  ·     61
      2 dent              1   ·  ·      1
      """)
}

@Test func manyClassesAreSummedUpByTheirConfusions() throws {
  let labels = (0..<200).map { "kind \($0)" }
  var truth = Array(0..<200)
  var predicted = truth
  truth += [7, 7, 9]
  predicted += [8, 8, 199]
  let matrix = try ConfusionMatrix(truth: truth, predicted: predicted, labels: labels)
  #expect(
    matrix.text() == """
      The most frequent confusions among 200 classes:
      true class  taken for  samples  share of the true class
      ───────────────────────────────────────────────────────
      kind 7         kind 8        2                   66.7 %
      kind 9       kind 199        1                   50.0 %
      """)
  let perfect = try ConfusionMatrix(truth: [3], predicted: [3], labels: labels)
  #expect(perfect.text() == "No confusions among 200 classes.")
}

@Test func aReportMarksZeroDividedByZero() throws {
  #expect(
    ClassificationReport(try inspection()).text == """
      class             precision   recall       F1  samples
      ──────────────────────────────────────────────────────
      양품                0.9600   0.9756   0.9677       123
      scratch             0.9500   0.9344   0.9421        61
      dent                0.0000*  0.0000   0.0000         1
      macro average       0.6367   0.6367   0.6366       185
      weighted average    0.9515   0.9568   0.9541       185
      accuracy 0.9568, 95 % interval 0.9170–0.9779 (Wilson score); 177 of 185 right
      * 0 ÷ 0 counted as 0: the class was never predicted, or has no samples.
      """)
}

@Test func aReportWithoutZeroDivisionHasNoFootnote() throws {
  let text = ClassificationReport(
    try ConfusionMatrix(truth: [0, 1], predicted: [0, 1], labels: ["a", "b"])
  ).text
  #expect(!text.contains("*"))
  #expect(
    text.contains("accuracy 1.0000, 95 % interval 0.3424–1.0000 (Wilson score); 2 of 2 right"))
}

@Test func aLabelCannotSteerTheTerminalOrBreakTheTable() throws {
  let matrix = try ConfusionMatrix(
    truth: [0, 1], predicted: [0, 1],
    labels: ["\u{1B}[31mred\n", String(repeating: "긴", count: 300)])
  for text in [matrix.text(), ClassificationReport(matrix).text] {
    #expect(!text.contains("\u{1B}"))
    #expect(text.contains("\u{FFFD}[31mred\u{FFFD}"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}

@Test func aRegressionReportIsPrintedAligned() throws {
  let lines = try RegressionReport(truth: [1, 2, 3], predicted: [2, 3, 4], seed: 1)
    .text.split(separator: "\n")
  #expect(lines[0] == "on 3 samples               value  95 % interval (bootstrap)")
  #expect(lines[2] == "mean absolute error            1                      1 – 1")
  #expect(lines[3] == "root mean squared error        1                      1 – 1")
  #expect(lines[4].hasPrefix("R²                       -0.5000"))
  #expect(lines.count == 5)
  let constant = try RegressionReport(truth: [1, 1], predicted: [2, 3], seed: 1)
  #expect(constant.text.hasSuffix("R²                       undefined        targets do not vary"))
}

@Test func baselinesSayWhatTheyAnswer() throws {
  let classes = try MostFrequentClassBaseline(
    training: [1, 1, 0], test: [1, 0, 0, 0], labels: ["a", "b"])
  #expect(
    classes.text == "always “b”, the most frequent class in training: accuracy 0.2500, "
      + "95 % interval 0.0456–0.6994 (Wilson score); 1 of 4 right")
  let mean = try MeanBaseline(training: [1, 3], test: [4, 4], seed: 1)
  #expect(
    mean.text == "always 2, the mean in training: mean absolute error 2, "
      + "interval 2–2 (95 %, bootstrap)")
}

@Test func errorsSayTheNextStep() {
  #expect(
    MetricsError.classOutOfRange(side: .truth, position: 4, value: 10, classCount: 10).description
      == "The true class of sample 4 is 10, outside 0..<10. "
      + "Number the classes from 0, in the order of the labels.")
  #expect(
    MetricsError.notFinite(side: .predicted, position: 2).description
      == "The predicted value of sample 2 is not a finite number. "
      + "Remove missing values first; if predictions are NaN, lower the learning rate.")
}
