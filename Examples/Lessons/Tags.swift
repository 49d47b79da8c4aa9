package import Moru

/// A sample may have several labels: each gets a sigmoid of its own and a threshold of its own. Softmax,
/// whose outputs share one probability among them, is for samples of exactly one class.
package struct Tags: Lesson {
  package static let name = "tags"
  package static let claim =
    "Which digits are in the picture? Several labels a sample want sigmoid, not softmax."

  package struct Findings: LessonFindings {
    /// For each epoch the share of new pictures all of whose labels are right.
    package let exactMatches: [Double]
    /// The same at the end with thresholds chosen for each label on other pictures.
    package let exactMatchesWithThresholds: Double
    /// The thresholds, by label.
    package let thresholds: [Double]
    /// What a softmax output is answered with.
    package let softmaxAdvice: String

    package var summary: String {
      [
        "all labels right: \((exactMatches.last ?? .nan).short) of the new pictures, "
          + "\(exactMatchesWithThresholds.short) with a threshold for each label",
        "softmax: \(softmaxAdvice)",
      ].joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Share of new pictures whose labels are all right",
        series: [.init(name: "threshold 0.5", values: exactMatches)])
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let (train, test) = try Digits.split(shape: [64])
    let pictures = try Self.overlaid(train, count: 4000, seed: 1)
    let others = try Self.overlaid(train, count: 1000, seed: 2)
    let new = try Self.overlaid(test, count: 1000, seed: 3)
    func network(_ activation: ActivationFunction) -> Sequential {
      Sequential {
        Rescaling(1.0 / 16)
        Dense(256, activation: .relu)
        Dropout(0.2)
        Dense(10, activation: activation)
      }
    }
    var advice = "accepted"
    do {
      _ = try await network(.softmax).fit(
        pictures, epochs: 1, optimizer: .adam(), loss: .categoricalCrossentropy)
    } catch { advice = "\(error)" }

    var exactMatches: [Double] = []
    var trained = try await network(.sigmoid).fit(
      pictures, epochs: 1, optimizer: .adam(), loss: .binaryCrossentropy)
    for _ in 0..<20 {
      trained = try await trained.fit(
        pictures, epochs: 1, optimizer: .adam(), loss: .binaryCrossentropy)
      exactMatches.append(
        try await Self.exactMatches(trained, new, thresholds: [Double](repeating: 0.5, count: 10)))
    }
    let thresholds = try await Self.thresholds(trained, others)
    return Findings(
      exactMatches: exactMatches,
      exactMatchesWithThresholds: try await Self.exactMatches(trained, new, thresholds: thresholds),
      thresholds: thresholds, softmaxAdvice: advice)
  }

  /// Pictures of one or two digits laid over each other, labelled with those that are in them.
  private static func overlaid(_ digits: Dataset, count: Int, seed: Seed) throws -> Dataset {
    guard let (classes, labels) = digits.classes else { return digits }
    let pixels = try digits.features[0].values.converted(to: .float32).array(of: Float.self)
    var generator = seed.generator
    var (pictures, sets): ([Float], [Float]) = ([], [])
    for _ in 0..<count {
      let (first, second) = (
        Int.random(in: 0..<digits.count, using: &generator),
        Int.random(in: 0..<digits.count, using: &generator)
      )
      let members = Bool.random(using: &generator) ? [first] : [first, second]
      pictures += (0..<64).map { pixel in members.map { pixels[64 * $0 + pixel] }.max() ?? 0 }
      let present = Set(members.map { classes[$0] })
      sets += (0..<10).map { present.contains($0) ? 1 : 0 }
    }
    return try Dataset(
      source: "overlaid digits",
      features: [.init(values: HostTensor(pictures, shape: [count, 64]))],
      targets: .labelSets(HostTensor(sets, shape: [count, 10]), labels: labels))
  }

  /// For each label the threshold at which most samples get it right.
  private static func thresholds(_ model: TrainedModel, _ data: Dataset) async throws -> [Double] {
    let (scores, truth) = try await columns(model, data)
    return (0..<10).map { label in
      let candidates = stride(from: 0.05, to: 1, by: 0.05).map { threshold in
        let hits = (0..<data.count).count {
          (Double(scores[10 * $0 + label]) > threshold) == (truth[10 * $0 + label] > 0.5)
        }
        return (threshold, hits)
      }
      return candidates.max { $0.1 < $1.1 }?.0 ?? 0.5
    }
  }

  /// The share of samples all of whose labels are right.
  private static func exactMatches(
    _ model: TrainedModel, _ data: Dataset, thresholds: [Double]
  ) async throws -> Double {
    let (scores, truth) = try await columns(model, data)
    let hits = (0..<data.count).count { sample in
      (0..<10).allSatisfy { label in
        (Double(scores[10 * sample + label]) > thresholds[label])
          == (truth[10 * sample + label] > 0.5)
      }
    }
    return Double(hits) / Double(data.count)
  }

  private static func columns(
    _ model: TrainedModel, _ data: Dataset
  ) async throws -> (scores: [Float], truth: [Float]) {
    (
      try await model.predict(data).array(of: Float.self),
      try data.targets[0].tensor.array(of: Float.self)
    )
  }
}
