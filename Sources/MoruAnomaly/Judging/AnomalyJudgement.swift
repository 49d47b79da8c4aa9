public import Foundation
import MoruArchive
public import MoruCPU
import MoruData
public import MoruGraph
import MoruInsight
import MoruLayers
import MoruMetrics
import MoruTensors

/// Samples that a model has judged.
public struct AnomalyJudgement: Sendable {
  /// One sample.
  public struct Sample: Codable, Sendable, Equatable {
    /// The file, or the row of a table.
    public let name: String
    /// What it is known to be; nil if that is not known.
    public let kind: String?
    /// How unlike the good samples it is.
    public let score: Double
    /// Whether the score is above the threshold.
    public let isAnomaly: Bool
  }

  /// The samples in their order.
  public let samples: [Sample]
  /// What is known of them against what was said; nil if nothing is known.
  public let report: AnomalyReport?
  private let maps: HostTensor?
  private let data: Dataset
  private let judge: AnomalyModel

  /// Judges samples.
  ///
  /// - Parameters:
  ///   - given: The samples, and what is known of them.
  ///   - judge: The model.
  ///   - good: What good samples are called.
  ///   - withMaps: Whether maps are made although there are no masks.
  ///   - executor: Where it is computed.
  /// - Throws: `AnomalyError.noMap` if maps are needed and the detector makes none, `.samples` unless there
  ///   is a name for each sample; `ModelError` for samples that the model does not take.
  public init(
    _ given: GivenSamples, by judge: AnomalyModel, good: String = "good", withMaps: Bool = false,
    on executor: any Executor = .cpu
  ) async throws {
    let count = given.data.count
    guard given.names.count == count, given.kinds.map({ $0.count == count }) ?? true else {
      throw AnomalyError.samples(
        detector: "AnomalyJudgement",
        found:
          "\(given.names.count) names and \(given.kinds?.count ?? 0) kinds for \(count) samples",
        needed: "a name, and a kind if any is known, for each sample")
    }
    let scores: [Double]
    if withMaps || given.masks != nil {
      (scores, maps) = try await judge.scoresAndMaps(of: given.data, on: executor)
    } else {
      (scores, maps) = (try await judge.scores(of: given.data, on: executor), nil)
    }
    let limit = judge.threshold.threshold
    samples = scores.enumerated().map { place, score in
      Sample(
        name: given.names[place], kind: given.kinds?[place], score: score,
        isAnomaly: score > limit)
    }
    var pixels: MaskedMaps?
    if let masks = given.masks, let maps {
      let values = try maps.numbers
      let size = maps.shape[1] * maps.shape[2]
      pixels = MaskedMaps(
        masks: masks, maps: scores.indices.map { Array(values[$0 * size..<($0 + 1) * size]) },
        width: maps.shape[2])
    }
    report = try given.kinds.map { kinds throws(MetricsError) in
      try AnomalyReport(
        scores: scores, kinds: kinds, good: good, threshold: limit, pixels: pixels)
    }
    data = given.data
    self.judge = judge
  }

  /// A picture under its map in colours, as ``AnomalyModel/heatMap(_:)`` has them.
  ///
  /// - Returns: A PNG file.
  /// - Throws: `AnomalyError.noMap` unless maps were made.
  public func heatMap(_ place: Int, magnification: Int = 1) throws -> Data {
    guard let maps else { throw AnomalyError.noMap }
    let shape = maps.shape
    let map = try maps.slice(place..<place + 1).reshaped(to: [shape[1], shape[2]])
    let pictures = data.features[0].values
    let picture = try pictures.slice(place..<place + 1)
      .reshaped(to: Shape(Array(pictures.shape.dropFirst())))
    return try judge.heatMap(map).pngData(over: picture, magnification: magnification)
  }

  /// Writes each picture's heat map into a folder, under the picture's own name.
  ///
  /// - Returns: The number of files.
  /// - Throws: `AnomalyError.noMap` unless maps were made; `ArchiveError` if a file cannot be written.
  @discardableResult
  public func writeHeatMaps(into folder: URL, magnification: Int = 1) throws -> Int {
    for (place, sample) in samples.enumerated() {
      let isPNG = sample.name.lowercased().hasSuffix(".png")
      let file = folder.appending(path: sample.name + (isPNG ? "" : ".png"))
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.write(heatMap(place, magnification: magnification), to: file)
    }
    return samples.count
  }
}
