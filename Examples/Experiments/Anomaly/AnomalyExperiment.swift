import Foundation
import Moru

/// Detectors of anomalies on photos with drawn defects, of one thing under a camera and of many in shops, on
/// kinds of clothes that were not learned from, and on a table.
struct AnomalyExperiment: Experiment {
  static let name = "anomaly"
  static let side = 96
  static let falseAlarmRate = 0.05
  /// Photos of which each is taken again and again.
  static let photos = ["coffee.png", "chelsea.png", "china.jpg", "flower.jpg"]
  /// Takes of each photo that are learned from, and that are judged.
  static let takes = (learned: 100, judged: 50)
  /// Clothes of the good kind that are learned from.
  static let clothes = 400
  /// Test pictures of each kind that are judged.
  static let judgedClothes = 100

  let data: URL
  let pictures: URL

  /// What a detector came to.
  struct Outcome {
    let name: String
    let report: AnomalyReport
    let expected: Estimate
    let seconds: Double
  }

  func run() async throws -> String {
    let trained = try await PhotoBase(data: data)
    let base = try TransferBase(trained.model)
    let takes = try await takes(base)
    let tomatoes = try await tomatoes(base)
    let clothes = try await clothes(base)
    let table = try await table()
    return page(trained, takes, tomatoes, clothes, table)
  }

  private static func detectors(_ base: TransferBase) throws -> [any AnomalyDetector] {
    let network = try Autoencoder.convolutional(
      inputShape: [side, side, 3], filters: [32, 64, 128], code: 64)
    return [
      PaDiM(base: base), PatchCore(base: base, memory: 0.02),
      Reconstruction(network: network, epochs: 60),
    ]
  }

  /// Takes of a photo as a camera over a line would make them: shifted by up to three pixels, lighter or
  /// darker by up to five hundredths, with noise of up to four of 255.
  private func takes(of photo: String, count: Int, seed: Seed) throws -> Dataset {
    let margin = 4
    let whole = Self.side + 2 * margin
    let picture = try ImageFile.resized(
      ImageFile.read(at: data.appending(path: "images/\(photo)")), height: whole, width: whole)
    let pixels = try picture.array(of: UInt8.self)
    var chance = seed.generator
    var values: [UInt8] = []
    for _ in 0..<count {
      let top = Int.random(in: margin - 3...margin + 3, using: &chance)
      let left = Int.random(in: margin - 3...margin + 3, using: &chance)
      let light = 0.95 + 0.1 * chance.uniform()
      for row in top..<top + Self.side {
        for place in (row * whole + left) * 3..<(row * whole + left + Self.side) * 3 {
          let noise = 8 * chance.uniform() - 4
          values.append(UInt8(min(max(Double(pixels[place]) * light + noise, 0), 255)))
        }
      }
    }
    return try Dataset(
      source: photo,
      features: [.init(values: HostTensor(values, shape: [count, Self.side, Self.side, 3]))])
  }

  /// For each detector what it comes to with takes of each photo, as they are and with scratches and blobs.
  private func takes(_ base: TransferBase) async throws -> [(name: String, outcomes: [Outcome])] {
    let detectors = try Self.detectors(base)
    var rows = detectors.map { (name: $0.name, outcomes: [Outcome]()) }
    var cells: [HostTensor] = []
    for (number, photo) in Self.photos.enumerated() {
      let seed = Seed(UInt64(number))
      let good = try takes(of: photo, count: Self.takes.learned, seed: seed.child("learned"))
      let samples = try SyntheticDefects(seed: seed).samples(
        on: takes(of: photo, count: Self.takes.judged, seed: seed.child("judged")))
      var models: [AnomalyModel] = []
      for (place, detector) in detectors.enumerated() {
        let (outcome, model) = try await judge(detector, good, samples)
        rows[place].outcomes.append(outcome)
        models.append(model)
      }
      // A scratch on one photo, a blob on the next.
      let shown = Self.takes.judged * (1 + number % 2) + 1
      cells += try await maps(of: samples, shown, models)
    }
    try PictureGrid(HostTensor.stacked(cells), together: true, magnification: 2).pngData()
      .write(to: pictures.appending(path: "anomaly.png"))
    return rows
  }

  /// A picture and its heat maps.
  private func maps(
    of samples: GivenSamples, _ place: Int, _ models: [AnomalyModel]
  ) async throws -> [HostTensor] {
    let shown = try samples.data.subset([place])
    let picture = try shown.features[0].values.reshaped(to: [Self.side, Self.side, 3])
    var cells = [picture]
    for model in models {
      let map = try await model.maps(of: shown).reshaped(to: [Self.side, Self.side])
      cells.append(try model.heatMap(map).overlay(on: picture))
    }
    return cells
  }

  /// Tomatoes as they are, and with scratches and blobs: no two photos show the same.
  private func tomatoes(_ base: TransferBase) async throws -> [(name: String, outcomes: [Outcome])]
  {
    func photos(_ part: String) throws -> Dataset {
      try Dataset.goodPictures(
        at: data.appending(path: "tomato/\(part)"), size: (Self.side, Self.side), channels: 3)
    }
    let good = try photos("train")
    let samples = try SyntheticDefects(seed: 1).samples(on: photos("test"))
    var rows: [(name: String, outcomes: [Outcome])] = []
    for detector in try Self.detectors(base) {
      rows.append((detector.name, [try await judge(detector, good, samples).outcome]))
    }
    return rows
  }

  /// For each detector what it comes to with each kind of clothes as the good one.
  private func clothes(_ base: TransferBase) async throws -> [(name: String, outcomes: [Outcome])] {
    let (train, test) = try Dataset.mnist(at: data.appending(path: "fashion_mnist"))
    let network = try Autoencoder.convolutional(
      inputShape: [32, 32, 3], filters: [16, 32], code: 16)
    let detectors: [any AnomalyDetector] = [
      PaDiM(base: base), PatchCore(base: base, memory: 0.02),
      Reconstruction(network: network, epochs: 30),
    ]
    let judged = (0..<10).flatMap { Self.places(of: $0, in: test, Self.judgedClothes) }
    let values = try Self.colored(test, judged)
    var rows: [(name: String, outcomes: [Outcome])] = []
    for detector in detectors {
      var outcomes: [Outcome] = []
      for kind in 0..<10 {
        let good = try Self.colored(train, Self.places(of: kind, in: train, Self.clothes))
        let samples = GivenSamples(
          data: values, names: judged.map(String.init),
          kinds: (0..<10).flatMap { other in
            [String](repeating: other == kind ? "good" : "other", count: Self.judgedClothes)
          })
        outcomes.append(try await judge(detector, good, samples).outcome)
      }
      rows.append((detector.name, outcomes))
    }
    return rows
  }

  /// The first samples of a kind.
  private static func places(of kind: Int, in data: Dataset, _ count: Int) -> [Int] {
    let kinds = data.classes?.indices ?? []
    return Array(kinds.indices.filter { Int(kinds[$0]) == kind }.prefix(count))
  }

  /// Grey pictures of 28 × 28 as the base takes them.
  private static func colored(_ data: Dataset, _ places: [Int]) throws -> Dataset {
    let pictures = try places.map { place in
      let grey = try data.features[0].values.slice(place..<place + 1).reshaped(to: [28, 28, 1])
      return try ImageFile.converted(
        ImageFile.resized(grey, height: 32, width: 32), toChannels: 3)
    }
    return try Dataset(
      source: data.source, features: [.init(values: HostTensor.stacked(pictures))])
  }

  /// Malignant tumours, learned from benign ones.
  private func table() async throws -> Outcome {
    let file = data.appending(path: "tabular/breast_cancer.csv")
    let good = try Dataset.goodRows(at: file, kind: "diagnosis", good: "benign")
    let parts = try good.trainTestSplit(testFraction: 0.5, stratified: false, seed: 0)
    let input = ModelInput(good.signature[0], of: good)
    let all = try GivenSamples(table: file, for: input, kind: "diagnosis")
    let malignant = (all.kinds ?? []).indices.filter { all.kinds?[$0] == "malignant" }
    let bad = try all.data.subset(malignant).features[0].values
    let values = try HostTensor.concatenated([parts.test.features[0].values, bad])
    let kinds =
      [String](repeating: "good", count: parts.test.count)
      + [String](repeating: "malignant", count: malignant.count)
    let samples = GivenSamples(
      data: try Dataset(source: good.source, features: [.init(values: values)]),
      names: kinds.indices.map(String.init), kinds: kinds)
    return try await judge(IsolationDetector(), parts.train, samples).outcome
  }

  private func judge(
    _ detector: any AnomalyDetector, _ good: Dataset, _ samples: GivenSamples
  ) async throws -> (outcome: Outcome, model: AnomalyModel) {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try await AnomalyModel(
      AnomalyDetection(detector, falseAlarmRate: Self.falseAlarmRate).fit(good, seed: 0))
    let judgement = try await AnomalyJudgement(samples, by: model)
    guard let report = judgement.report else { throw ExperimentError.nothingKnown }
    let outcome = Outcome(
      name: detector.name, report: report, expected: model.expectedFalseAlarms,
      seconds: (clock.now - start) / .seconds(1))
    FileHandle.standardError.write(
      Data("\(detector.name): \(report.anomalies?.rocAUC?.value ?? .nan)\n".utf8))
    return (outcome, model)
  }
}

/// What keeps an experiment from an outcome.
enum ExperimentError: Error {
  /// Nothing is known of the samples that were judged.
  case nothingKnown
}
