import Foundation
import Moru

// What docs/anomaly.md shows, in its order. Run it at the repository's root; it writes into anomaly/.

let folder = URL(filePath: "anomaly")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

/// Handwritten digits as pictures of bytes, 32 × 32.
let digits = try Dataset.csv(
  at: URL(filePath: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
let labels = digits.classes?.indices ?? []
let pixels = try digits.features[0].values.array(of: Float.self).map { UInt8($0 * 15) }
let pictures = try HostTensor.stacked(
  (0..<digits.count).map { place in
    try ImageFile.resized(
      HostTensor(Array(pixels[place * 64..<(place + 1) * 64]), shape: [8, 8, 1]), height: 32,
      width: 32)
  })

// The base knows digits other than those that are good here: zeros.
let others = labels.indices.filter { labels[$0] != 0 }
let old = try Dataset(
  source: "digits", features: [.init(values: pictures.rows(others))],
  targets: .classes(others.map { labels[$0] - 1 }, labels: (1...9).map(String.init)))
let photos = try await Sequential {
  Rescaling(1.0 / 255)
  Conv2D(16, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Conv2D(32, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  Conv2D(64, kernel: 3, padding: .same, activation: .relu)
  MaxPooling2D(2)
  GlobalAveragePooling2D()
  Dense(9, activation: .softmax)
}.fit(old, epochs: 5, optimizer: .adam(), loss: .sparseCategoricalCrossentropy, seed: 0)
let zeros = try Dataset(
  source: "zeros",
  features: [.init(values: pictures.rows(labels.indices.filter { labels[$0] == 0 }))])
let good = try zeros.subset(Array(0..<120))

let base = try TransferBase(photos)
let detection = AnomalyDetection(PatchCore(base: base), falseAlarmRate: 0.05)
let model = try await detection.fit(good, seed: 0)
try model.save("anomaly/zeros.moru")

let judge = try AnomalyModel(.load("anomaly/zeros.moru"))
print(judge.expectedFalseAlarms)

let later = try zeros.subset(Array(120..<zeros.count))
let strangers = try old.subset(Array(0..<100))
let kinds =
  [String](repeating: "good", count: later.count) + [String](repeating: "other", count: 100)

let both = try HostTensor.concatenated([later, strangers].map { $0.features[0].values })
let samples = GivenSamples(
  data: try Dataset(source: "digits", features: [.init(values: both)]),
  names: kinds.enumerated().map { "\($1)/\($0)" }, kinds: kinds)
let judgement = try await AnomalyJudgement(samples, by: judge, withMaps: true)
if let report = judgement.report { print(report) }
try judgement.writeHeatMaps(into: folder.appending(path: "maps"), magnification: 4)

let drawn = try SyntheticDefects(seed: 1).samples(on: later)
if let pixels = try await AnomalyJudgement(drawn, by: judge).report?.pixels { print(pixels) }

let padim = PaDiM(base: base, dimensions: 50)
let autoencoder = Reconstruction(
  network: try Autoencoder.convolutional(
    inputShape: [32, 32, 1], filters: [16, 32], code: 16), epochs: 20)
for detector in [padim, autoencoder] as [any AnomalyDetector] {
  let model = try await AnomalyDetection(detector, falseAlarmRate: 0.05).fit(good, seed: 0)
  let other = try await AnomalyJudgement(samples, by: AnomalyModel(model))
  print(detector.name, other.report?.anomalies?.rocAUC?.value ?? .nan)
}

let rows = try Dataset.goodRows(
  at: URL(filePath: "Examples/data/parts.csv"), kind: "판정", good: "양호")
let parts = try await AnomalyDetection(IsolationDetector(), falseAlarmRate: 0.05).fit(rows, seed: 0)

let table = try Table(at: URL(filePath: "Examples/data/ibm_stock.csv.gz"))
let encoding = try SeriesEncoding(fitting: table, target: "close", context: 11, horizon: 1)
var ofSteps = AnomalyDetection(
  ForecastResidual(forecaster: SeasonalNaive.lastValue), falseAlarmRate: 0.01)
ofSteps.series = encoding
let series = try await ofSteps.fit(.goodSeries(of: table, by: encoding), seed: 0)
print(try AnomalyModel(parts).threshold.threshold, try AnomalyModel(series).threshold.threshold)
