import Foundation
import Lessons
import Testing

// What each lesson claims, of figures that it finds anew here.

@Test func everyLessonHasAFileAndALine() throws {
  let kinds = lessons.map { "\($0)" }
  let files = try FileManager.default.contentsOfDirectory(atPath: "Examples/Lessons").map {
    String($0.prefix { $0 != "." })
  }
  #expect(Set(files).subtracting(["Lesson", "Command", "Digits"]) == Set(kinds))
  let page = try String(contentsOf: URL(filePath: "Examples/README.md"), encoding: .utf8)
  for lesson in lessons {
    #expect(page.contains("| `\(lesson.name)` | \(lesson.claim) |"), "\(lesson.name)")
  }
}

@Test func aHiddenLayerSolvesXOR() async throws {
  let findings = try await Perceptron().run()
  #expect(findings.accuracy(of: "AND") == 1)
  #expect(findings.accuracy(of: "OR") == 1)
  #expect(findings.accuracy(of: "XOR") < 1)
  #expect(findings.accuracy(of: "XOR, hidden layer") == 1)
}

@Test func linearLayersAreOneLayer() async throws {
  let findings = try await LinearStack().run()
  #expect(findings.difference < 1e-5)
  #expect(findings.accuracy(of: "three layers") < 0.75)
  #expect(findings.accuracy(of: "three with relu") > 0.9)
}

@Test func learningRatesDecideAndValleysTrap() async throws {
  let findings = try await LearningRates().run()
  let ends = findings.curves.map { $0.losses.last ?? .nan }
  #expect(ends[0] > 2 && ends[1] < 0.3)
  #expect(!(ends[2] < 2))
  // The roots of 4x³ − 6x + 1.
  #expect(abs(findings.valleys[0].end + 1.3008) < 1e-3)
  #expect(abs(findings.valleys[1].end - 1.1309) < 1e-3)
}

@Test func largerBatchesLearnLessInAnEpoch() async throws {
  let sizes = try await BatchSizes().run().sizes
  for (smaller, larger) in zip(sizes, sizes.dropFirst()) { #expect(smaller.loss < larger.loss) }
  for size in sizes where size.size > 8 { #expect(size.scaledLoss < 0.5 * size.loss) }
}

@Test func normalizationSpeedsLearningUp() async throws {
  let findings = try await NormalizationPlace().run()
  #expect(findings.before[2] < 0.7 * findings.without[2])
  #expect(findings.behind[2] < 0.7 * findings.without[2])
}

@Test func regularizationHoldsALargeNetworkBack() async throws {
  let networks = try await Overfitting().run().networks
  let free = networks[0]
  #expect(free.trainAccuracy == 1)
  for network in networks.dropFirst() {
    // Batch normalization helps least.
    let share = network.name == "batch norm" ? 1 : 0.8
    #expect((network.losses.last ?? .nan) < share * (free.losses.last ?? .nan), "\(network.name)")
  }
}

@Test func residualLayersPassGradientsOn() async throws {
  let findings = try await ResidualDepth().run()
  let (plain, residual) = (findings.plainNorms, findings.residualNorms)
  #expect(plain.count == 50 && residual.count == 50)
  #expect(plain[0] < 1e-12 * plain[49])
  #expect((0.1...10).contains(residual[0] / residual[49]))
  #expect(findings.residualLoss < 0.5 * findings.plainLoss)
}

@Test func gatedLayersRemember() async throws {
  let findings = try await Recall().run()
  #expect(findings.accuracyAtTheEnd(of: "SimpleRNN") < 0.5)
  #expect(findings.accuracyAtTheEnd(of: "LSTM") > 0.95)
  #expect(findings.accuracyAtTheEnd(of: "GRU") > 0.95)
  #expect(findings.layers.allSatisfy { $0.accuracies[0] > 0.95 })
}

@Test func convolutionsLiveOnNeighbourhoods() async throws {
  let leads = try await PermutedPixels().run().leads
  #expect(leads.asTheyAre > 0.01)
  #expect(leads.shuffled < 0.5 * leads.asTheyAre)
}

@Test func shuffledLabelsGiveNoGain() async throws {
  let findings = try await ShuffledLabels().run()
  #expect((findings.trainAccuracies.last ?? 0) > 0.5)
  #expect((findings.testAccuracies.last ?? 1) < findings.baseline + 0.05)
}

@Test func deepLearningWantsData() async throws {
  let findings = try await LearningCurves().run()
  let (nearest, network) = (findings.learners[0].accuracies, findings.learners[2].accuracies)
  #expect(network[0] < nearest[0] + 0.05)
  #expect((network.last ?? 0) > (nearest.last ?? 1))
  #expect((network.last ?? 0) > 0.97)
}

@Test func nobodyBeatsTomorrowEqualsToday() async throws {
  let ratios = try await StockSeries().run().ratios
  for (name, ratio) in ratios.dropLast() { #expect((0.98...1.05).contains(ratio), "\(name)") }
  #expect((ratios.last?.ratio ?? 0) > 1.2)
}

@Test func aTransformerReadsReviews() async throws {
  let findings = try await FilmReviews().run()
  #expect((findings.transformer.last ?? 0) > findings.baseline + 0.2)
}

@Test func oneModelAnswersTwoQuestions() async throws {
  let findings = try await TwoByTwo().run()
  #expect((findings.greaterAccuracies.last ?? 0) > 0.9)
  #expect((findings.sumErrors.last ?? 9) < 0.5 * findings.baselineSumError)
}

@Test func severalLabelsWantSigmoid() async throws {
  let findings = try await Tags().run()
  #expect((findings.exactMatches.last ?? 0) > 0.5)
  #expect(findings.thresholds.count == 10)
  #expect(findings.softmaxAdvice.contains("Use sigmoid"))
}
