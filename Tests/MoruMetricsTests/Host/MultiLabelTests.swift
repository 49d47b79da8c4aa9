import MoruMetrics
import MoruTensors
import Testing

private let truth = try? HostTensor(
  [[1, 0, 1], [1, 0, 0], [0, 0, 1], [1, 0, 1], [0, 0, 0]] as [[Float]])
private let scores = try? HostTensor(
  [[0.9, 0.1, 0.3], [0.8, 0.2, 0.1], [0.7, 0.1, 0.4], [0.2, 0.1, 0.6], [0.1, 0.3, 0.2]]
    as [[Float]])

@Suite("Reports on several labels") struct MultiLabelTests {
  @Test("count each label, all labels together, and whole samples")
  func counts() throws {
    let report = try MultiLabelReport(
      truth: #require(truth), scores: #require(scores), labels: ["cat", "dog", "bird"])
    // Cat: said of 0, 1 and 2, true of 0, 1 and 3. Bird: said of 3, true of 0, 2 and 3.
    let precisions: [Double] = [2.0 / 3, 0, 1]
    let recalls: [Double] = [2.0 / 3, 0, 1.0 / 3]
    let scoresF1: [Double] = [2.0 / 3, 0, 0.5]
    #expect(report.labels.map(\.precision) == precisions)
    #expect(report.labels.map(\.recall) == recalls)
    #expect(report.labels.map(\.f1) == scoresF1)
    #expect(report.labels.map(\.support) == [3, 0, 3])
    #expect(report.microAverage.precision == 3.0 / 4)
    #expect(report.microAverage.recall == 0.5)
    #expect(report.microAverage.f1 == 0.6)
    #expect(abs(report.macroAverage.f1 - (2.0 / 3 + 0.5) / 3) < 1e-15)
    #expect(abs(report.weightedAverage.f1 - (2.0 / 3 + 0.5) / 2) < 1e-15)
    #expect(report.exact == 2)
    #expect(report.exactMatch.value == 0.4)
    #expect(abs(report.hammingLoss - 4.0 / 15) < 1e-15)
  }

  @Test("thresholds chosen on other data find rare labels")
  func thresholds() throws {
    let chosen = try LabelThresholds(
      maximizingFScoreOf: #require(truth), scores: #require(scores))
    // Cat: 0.75 gives F1 0.8, between 0.1 and 0.2 gives 6/7. No dog at all. Bird: 0.25 gives 1.
    #expect(abs(chosen.values[0] - 0.15) < 1e-7)
    #expect(chosen.values[1] == 0.5)
    #expect(abs(chosen.values[2] - 0.25) < 1e-7)
    let report = try MultiLabelReport(
      truth: #require(truth), scores: #require(scores), labels: ["cat", "dog", "bird"],
      thresholds: chosen)
    #expect(report.labels[2].f1 == 1)
    #expect(abs(report.labels[0].f1 - 6.0 / 7) < 1e-15)
    // Precision counts more with a small beta: 0.75 gives 1.25 · 2/3 / (0.25 + 2/3) = 0.909.
    let careful = try LabelThresholds(
      maximizingFScoreOf: #require(truth), scores: #require(scores), beta: 0.5)
    #expect(abs(careful.values[0] - 0.75) < 1e-7)
  }

  @Test("equally good thresholds give way to the one nearest to one half")
  func ties() throws {
    let truth = try HostTensor([[1], [1], [0]] as [[Float]])
    let scores = try HostTensor([[0.9], [0.9], [0.2]] as [[Float]])
    let all = try HostTensor([[1], [1], [1]] as [[Float]])
    let between = try LabelThresholds(maximizingFScoreOf: truth, scores: scores).values[0]
    #expect(abs(between - 0.55) < 1e-7)
    let below = try LabelThresholds(maximizingFScoreOf: all, scores: scores).values[0]
    #expect(below < Double(Float(0.2)) && below > 0.19)
  }

  @Test("are printed aligned")
  func text() throws {
    let report = try MultiLabelReport(
      truth: #require(truth), scores: #require(scores), labels: ["cat", "dog", "bird"],
      thresholds: LabelThresholds([0.5, 0.5, 0.25]))
    #expect(
      report.text == """
        label             threshold  precision  recall      F1  samples
        ───────────────────────────────────────────────────────────────
        cat                  0.5000     0.6667  0.6667  0.6667        3
        dog                  0.5000     0.0000  0.0000  0.0000        0
        bird                 0.2500     1.0000  1.0000  1.0000        3
        micro average                   0.8333  0.8333  0.8333        5
        macro average                   0.5556  0.5556  0.5556        5
        weighted average                0.8333  0.8333  0.8333        5
        all labels right 0.6000, 95 % interval 0.2307–0.8824 (Wilson score); 3 of 5
        wrong answers (Hamming loss) 0.1333
        """)
  }

  @Test("refuse tables that do not fit, with a next step")
  func refusals() throws {
    func refusal(_ truth: HostTensor, _ scores: HostTensor, _ labels: [String]) -> String {
      do {
        _ = try MultiLabelReport(truth: truth, scores: scores, labels: labels)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    let (truth, scores) = (try #require(truth), try #require(scores))
    #expect(
      refusal(truth, try HostTensor([[1, 2]] as [[Float]]), ["a"])
        == "True labels have shape [5, 3] and scores [1, 2]. "
        + "Pass both as [samples, labels], one column for each label.")
    #expect(
      refusal(truth, scores, ["a"])
        == "There are 3 columns, 1 label names and 3 thresholds. "
        + "Give one name and one threshold for each column.")
    #expect(
      refusal(try HostTensor([[0.5]] as [[Float]]), try HostTensor([[1]] as [[Float]]), ["a"])
        == "Label 0 of sample 0 is 0.5. Labels are 0 for no and 1 for yes.")
    #expect(
      refusal(try HostTensor([[1]] as [[Float]]), try HostTensor([[.nan]] as [[Float]]), ["a"])
        .hasPrefix("The predicted value of sample 0 is not a finite number."))
    #expect(
      refusal(HostTensor.zeros([0, 3]), HostTensor.zeros([0, 3]), ["a", "b", "c"])
        == "There are no samples to judge. Pass at least one.")
  }
}
