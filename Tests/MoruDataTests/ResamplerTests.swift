import GoldenKit
import MoruData
import MoruTensors
import Testing

/// Samples of one number each, of classes that are named `a`, `b` and `c`.
private func samples(_ classes: [Int32], dtype: DType = .float32) throws -> Dataset {
  let numbers = HostTensor(classes.indices.map { Float($0 * $0) })
  return try Dataset(
    source: "made",
    features: [.init(values: numbers.reshaped(to: [classes.count, 1]).converted(to: dtype))],
    targets: .classes(classes, labels: ["a", "b", "c"]))
}

@Suite("Resamplers") struct ResamplerTests {
  private static func strategy(_ file: GoldenFile) throws -> SamplingStrategy {
    switch file.config["sampling_strategy"] {
    case nil: .auto
    case .number(let ratio): .ratio(ratio)
    case .list(let labels): .classes(try labels.map { try $0.text() })
    case .object(let counts): .counts(try counts.mapValues { try $0.integer() })
    case .text("all"): .all
    case .text("minority"): .minority
    case .text("majority"): .majority
    case .text("not minority"): .notMinority
    case let other: throw GoldenError("no strategy \(String(describing: other))")
    }
  }

  private static func resampler(_ file: GoldenFile) throws -> any Resampler {
    let strategy = try strategy(file)
    let neighbors = try (file.config["k_neighbors"] ?? file.config["n_neighbors"])?.integer() ?? 5
    return switch file.className {
    case "RandomOverSampler": RandomOverSampler(samplingStrategy: strategy)
    case "RandomUnderSampler":
      RandomUnderSampler(
        samplingStrategy: strategy, replacement: try file.config["replacement"]?.bool() ?? false)
    case "SMOTE": SMOTE(samplingStrategy: strategy, neighbors: neighbors)
    case "SMOTENC":
      SMOTENC(
        categoricalFeatures: try file.config.value("categorical_features").list()
          .map { try $0.integer() },
        samplingStrategy: strategy, neighbors: neighbors)
    case "ADASYN": ADASYN(samplingStrategy: strategy, neighbors: neighbors)
    case "TomekLinks": TomekLinks(samplingStrategy: strategy)
    default: throw GoldenError("no resampler \(file.className)")
    }
  }

  @Test(
    "take and make the samples that imbalanced-learn does",
    arguments: GoldenFile.names(in: "resampling").filter { $0 != "weights" })
  func golden(name: String) throws {
    let file = try GoldenFile("resampling", name)
    let data = try Dataset(
      source: "golden", features: [.init(values: file.tensor("input"))],
      targets: .classes(
        file.tensor("classes").array(of: Int32.self), labels: ["0", "1", "2"]))
    var chance = RecordedChance(
      places: try file.tensor("places").array(of: Int32.self)[...],
      fractions: try file.tensor("fractions").array(of: Double.self)[...])
    let resampled = try Self.resampler(file).resampled(data, drawing: &chance)
    #expect(chance.isUsedUp)
    #expect(try resampled.classes?.indices == file.tensor("resampled").array(of: Int32.self))
    let (found, wanted) = (resampled.features[0].values, try file.tensor("output"))
    #expect(found.shape == wanted.shape)
    for (a, b) in zip(try found.array(of: Double.self), try wanted.array(of: Double.self)) {
      #expect(abs(a - b) <= 1e-12 * max(1, abs(b)))
    }
  }

  @Test("balanced class weights are scikit-learn's")
  func weights() throws {
    let file = try GoldenFile("resampling", "weights")
    let data = try samples(file.tensor("classes").array(of: Int32.self))
    let weights = try #require(data.balancedClassWeights)
    for (place, wanted) in try file.tensor("output").array(of: Double.self).enumerated() {
      #expect(abs(try #require(weights[place]) - wanted) < 1e-12)
    }
  }

  @Test("class weights pass over classes without samples")
  func weightsOfPresentClasses() throws {
    #expect(try samples([0, 0, 0, 2]).balancedClassWeights == [0: 2.0 / 3, 2: 2])
    let numbers = try Dataset(
      source: "made", features: [.init(values: HostTensor(repeating: Float(0), shape: [2, 1]))],
      targets: .values([1, 2]))
    #expect(numbers.balancedClassWeights == nil)
  }

  private static let all: [any Resampler] = [
    RandomOverSampler(), RandomUnderSampler(), SMOTE(neighbors: 2), ADASYN(neighbors: 2),
  ]

  @Test("draw by a seed, and by another seed otherwise", arguments: all.indices)
  func seeds(place: Int) throws {
    let resampler = Self.all[place]
    let data = try samples([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0])
    let first = try resampler.resampled(data, seed: 1)
    #expect(first == (try resampler.resampled(data, seed: 1)))
    #expect(try (2..<8).contains { try resampler.resampled(data, seed: Seed($0)) != first })
    let counts = try #require(first.classCounts)
    #expect(resampler is ADASYN || counts[0] == counts[1])
    #expect(counts[2] == 0)
  }

  @Test("carry weights and further targets of samples that they take")
  func carries() throws {
    let data = try Dataset(
      source: "made", features: [.init(values: HostTensor((0..<5).map { Float($0) }))],
      targets: [
        .init(name: "kind", values: .classes([0, 0, 0, 1, 1], labels: ["a", "b"])),
        .init(name: "size", values: .values([0, 1, 2, 3, 4])),
      ], sampleWeights: [0, 1, 2, 3, 4])
    let more = try RandomOverSampler().resampled(data, seed: 3)
    let numbers = try more.features[0].values.array(of: Float.self)
    #expect(numbers.count == 6)
    #expect(more.sampleWeights == numbers)
    #expect(more.targets[1].values == .values(numbers))
    #expect(
      message { _ = try SMOTE(neighbors: 1).resampled(data, seed: 3) }
        == "SMOTE: what is true of a made sample is known for one target of 2. "
        + "Use data of one target, or RandomOverSampler.")
  }

  @Test("make whole numbers of pictures' bytes")
  func bytes() throws {
    let data = try samples([0, 0, 0, 0, 0, 1, 1], dtype: .uint8)
    let made = try SMOTE(neighbors: 1).resampled(data, seed: 1)
    #expect(made.features[0].values.dtype == .uint8)
    // Samples 5 and 6 hold 25 and 36.
    let values = try made.features[0].values.array(of: UInt8.self)
    #expect(values.dropFirst(7).allSatisfy { (25...36).contains($0) })
  }

  @Test("take categories from a table's encoding")
  func tableCategories() throws {
    let rows = (0..<24).map { row in
      "\(row * 7 % 5),\(["red", "green", "blue"][row % 3]),\(row % 4 == 0 ? "bad" : "good")"
    }
    let data = try TableSamples(
      table("size,colour,kind\n\(rows.joined(separator: "\n"))\n"), target: "kind"
    ).dataset()
    let more = try SMOTENC(neighbors: 2).resampled(data, seed: 5)
    #expect(more.classCounts == [18, 18])
    let values = try more.features[0].values.array(of: Float.self)
    for row in 24..<36 {
      let colours = values[row * 4 + 1..<row * 4 + 4]
      #expect(colours.reduce(0, +) == 1 && colours.allSatisfy { $0 == 0 || $0 == 1 })
    }
  }

  @Test("duplicates and equally near samples have their neighbours by order")
  func ties() throws {
    let data = try Dataset(
      source: "made",
      features: [.init(values: HostTensor([Float](repeating: 1, count: 8)))],
      targets: .classes([0, 0, 0, 0, 0, 1, 1, 1], labels: ["a", "b"]))
    #expect(try TomekLinks().resampled(data, seed: 0).count == 8)
    #expect(try SMOTE(neighbors: 2).resampled(data, seed: 0).classCounts == [5, 5])
  }

  static let refused: [(any Resampler, [Int32], String)] = [
    (
      SMOTE(), [0, 0, 0, 1, 1],
      "SMOTE: class 'b' has 2 samples, too few for 5 neighbours of each. "
        + "Use fewer neighbours, or RandomOverSampler."
    ),
    (
      RandomUnderSampler(), [0, 0],
      "RandomUnderSampler: all 2 samples have one class. "
        + "Add samples of another class, or do not resample."
    ),
    (
      RandomOverSampler(samplingStrategy: .ratio(0.5)), [0, 1, 2],
      "RandomOverSampler: a ratio for 3 classes. Name the counts of each class."
    ),
    (
      RandomOverSampler(samplingStrategy: .ratio(0.5)), [0, 1],
      "RandomOverSampler: the classes have 1 and 1 samples already, which is not below the ratio "
        + "0.5. Choose a greater ratio."
    ),
    (
      RandomOverSampler(samplingStrategy: .ratio(1e18)), [0, 1, 1],
      "RandomOverSampler: a ratio of 1e+18. Use one above 0 and at most 1."
    ),
    (
      RandomOverSampler(samplingStrategy: .counts(["b": .max])), [0, 1],
      "RandomOverSampler: 9223372036854775807 samples of class 'b'. Name at most 2147483648."
    ),
    (
      RandomOverSampler(samplingStrategy: .majority), [0, 1],
      "RandomOverSampler: the strategy 'majority' is not for what adds samples. Use 'auto'."
    ),
    (
      RandomUnderSampler(samplingStrategy: .counts(["b": 3])), [0, 1],
      "RandomUnderSampler: 3 samples of class 'b', which has 1. "
        + "Name at most as many, and at least 0."
    ),
    (
      RandomUnderSampler(samplingStrategy: .counts(["c": 0])), [0, 1],
      "RandomUnderSampler: there is no sample of class 'c'. Name classes that the samples have."
    ),
    (
      SMOTENC(), [0, 0, 1, 1],
      "SMOTENC: the samples are not rows of a table. Name the places of categorical features."
    ),
    (
      SMOTENC(categoricalFeatures: [0]), [0, 0, 1, 1],
      "SMOTENC: every feature is a category. Use RandomOverSampler."
    ),
    (
      ADASYN(neighbors: 1), [1, 1, 0, 0, 0, 0],
      "ADASYN: no sample of class 'b' has a neighbour of another class. Use SMOTE instead."
    ),
  ]

  @Test("refuse what they cannot do", arguments: refused.indices)
  func refuses(place: Int) throws {
    let (resampler, classes, text) = Self.refused[place]
    let data = try samples(classes)
    #expect(message { _ = try resampler.resampled(data, seed: 0) } == text)
  }

  @Test("refuse features that are no finite numbers")
  func notFinite() throws {
    let data = try Dataset(
      source: "made", features: [.init(values: HostTensor([1, 2, .nan, 4] as [Float]))],
      targets: .classes([0, 0, 1, 1], labels: ["a", "b"]))
    #expect(
      message { _ = try TomekLinks().resampled(data, seed: 0) }
        == "TomekLinks: value 0 of feature 'input' of sample 2 is not a finite number. "
        + "Fill missing values first.")
  }

  @Test("give data that refuse to be cut, where copies would come into several parts")
  func cutting() throws {
    let data = try RandomOverSampler().resampled(samples([0, 0, 0, 0, 1, 1]), seed: 1)
    #expect(data.resampledBy == "RandomOverSampler")
    let text =
      "The samples come from RandomOverSampler, so copies of one could come into several parts. "
      + "Cut the data first, and resample the part that is learned from."
    #expect(message { _ = try data.cut(train: [0], held: [[1]]) } == text)
    #expect(
      message { _ = try data.subset([0, 1, 2]).cut(train: [0], held: [[1]]) } == text)
    #expect(
      message { _ = try data.trainTestSplit(testFraction: 0.5, stratified: true, seed: 1) }
        == text)
    #expect(
      message {
        _ = try data.trainValidationTestSplit(
          validationFraction: 0.2, testFraction: 0.2, stratified: false, seed: 1)
      } == text)
  }
}
