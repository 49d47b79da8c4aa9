import Foundation
import MoruGenerative
import MoruTensors
import Testing

/// How tokens are drawn.
@Suite struct TokenSamplingTests {
  /// Probabilities ½, ¼, ⅛, ⅛ in another order.
  private static let scores = [0.125, 0.5, 0.125, 0.25].map { log($0) }

  private static func isNear(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  @Test func withoutSettingsProbabilitiesAreTheModels() throws {
    #expect(
      Self.isNear(try TokenSampling().probabilities(Self.scores), [0.125, 0.5, 0.125, 0.25]))
  }

  @Test func temperaturesSharpenAndFlatten() throws {
    // Squares 4, 1, ¼, ¼ of sum 5.5 in sixteenths; square roots likewise.
    #expect(
      Self.isNear(
        try TokenSampling(temperature: 0.5).probabilities(Self.scores),
        [0.25 / 5.5, 4 / 5.5, 0.25 / 5.5, 1 / 5.5]))
    let roots = [0.125, 0.5, 0.125, 0.25].map { $0.squareRoot() }
    let sum = roots.reduce(0, +)
    #expect(
      Self.isNear(
        try TokenSampling(temperature: 2).probabilities(Self.scores), roots.map { $0 / sum }))
    #expect(try TokenSampling(temperature: 0).probabilities(Self.scores) == [0, 1, 0, 0])
  }

  /// What is left of the probabilities if so many of the likeliest tokens stay; of equally likely ones
  /// the first.
  private static func kept(_ count: Int) -> [Double] {
    let kept: [[Double]] = [
      [0, 1, 0, 0], [0, 2.0 / 3, 0, 1.0 / 3], [1.0 / 7, 4.0 / 7, 0, 2.0 / 7],
      [0.125, 0.5, 0.125, 0.25],
    ]
    return kept[count - 1]
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 4), (9, 4)])
  func theLikeliestStay(k: Int, count: Int) throws {
    #expect(Self.isNear(try TokenSampling(topK: k).probabilities(Self.scores), Self.kept(count)))
  }

  @Test(arguments: [(0.2, 1), (0.49, 1), (0.51, 2), (0.74, 2), (0.8, 3), (1, 4)])
  func theNucleusStays(p: Double, count: Int) throws {
    #expect(Self.isNear(try TokenSampling(topP: p).probabilities(Self.scores), Self.kept(count)))
  }

  @Test func theNucleusIsOfWhatTheLikeliestLeave() throws {
    // Of three tokens 4/7, 2/7, 1/7 are left, and 0.6 takes two of them.
    #expect(
      Self.isNear(
        try TokenSampling(topK: 3, topP: 0.6).probabilities(Self.scores),
        [0, 2.0 / 3, 0, 1.0 / 3]))
  }

  @Test func drawsFollowTheProbabilitiesAndTheSeed() throws {
    let sampling = try TokenSampling()
    func draws(_ seed: Seed) -> [Int] {
      var generator = seed.generator
      return (0..<8000).map { _ in sampling.draw(Self.scores, using: &generator) }
    }
    let drawn = draws(1)
    #expect(draws(1) == drawn)
    #expect(draws(2) != drawn)
    for (token, probability) in [0.125, 0.5, 0.125, 0.25].enumerated() {
      #expect(abs(Double(drawn.count { $0 == token }) / 8000 - probability) < 0.02)
    }
  }

  @Test func forbiddenTokensAreNeverDrawn() throws {
    let scores: [Double] = [-.infinity, 1, -.infinity]
    #expect(try TokenSampling(temperature: 3).probabilities(scores) == [0, 1, 0])
    #expect(try TokenSampling(topP: 0.9).probabilities(scores) == [0, 1, 0])
  }

  @Test func settingsOutOfRangeAreRefused() {
    #expect(
      throws: GenerativeError.outOfRange(
        "temperature", found: "-1.0", allowed: "finite and at least 0")
    ) {
      try TokenSampling(temperature: -1)
    }
    #expect(throws: GenerativeError.outOfRange("topK", found: "0", allowed: "at least 1")) {
      try TokenSampling(topK: 0)
    }
    for p in [0, 1.1, Double.nan] {
      #expect(
        throws: GenerativeError.outOfRange(
          "topP", found: "\(p)", allowed: "above 0 and at most 1")
      ) {
        try TokenSampling(topP: p)
      }
    }
  }
}
