public import MoruMetrics

/// What a model that tells anomalies comes to on samples whose kinds are known.
public struct AnomalyReport: Codable, Sendable, Equatable {
  /// Anomalies of one kind beside the good samples.
  public struct Kind: Codable, Sendable, Equatable {
    /// What the kind is called.
    public let name: String
    /// How many there are.
    public let samples: Int
    /// The share that is above the threshold, with Wilson's interval.
    public let found: Estimate
    /// How often one of them has a higher score than a good sample, with DeLong's interval; nil without
    /// good samples.
    public let rocAUC: Estimate?
  }

  /// How well maps find the pixels of defects.
  public struct Pixels: Codable, Sendable, Equatable {
    /// How often a pixel of a defect has a higher value than another; nil if all are of one kind.
    public let rocAUC: Double?
    /// The mean share of a defect's pixels that is found, over the share of other pixels taken for
    /// conspicuous up to 0.3, as an area from 0 to 1.
    public let regionOverlap: Double?
  }

  /// Number of good samples.
  public let good: Int
  /// The share of good samples above the threshold, with Wilson's interval; nil without good ones.
  public let falseAlarms: Estimate?
  /// All anomalies together; nil without anomalies.
  public let anomalies: Kind?
  /// The kinds of anomalies, in the order in which they first occur, if there are several.
  public let kinds: [Kind]
  /// Pixels beside masks; nil without masks.
  public let pixels: Pixels?

  /// The share of pixels up to which the overlap of regions is judged.
  public static let overlapLimit = 0.3

  /// Compares scores with what is known.
  ///
  /// - Parameters:
  ///   - scores: Of each sample.
  ///   - kinds: What each sample is: `good`, or what it is called instead.
  ///   - good: What good samples are called.
  ///   - threshold: The score above which a sample counts as an anomaly.
  ///   - pixels: Values of maps, and masks where they are known: of each picture, row by row.
  /// - Throws: `MetricsError` for scores that are not finite, and numbers that do not fit.
  public init(
    scores: [Double], kinds: [String], good goodName: String, threshold: Double,
    pixels: MaskedMaps? = nil
  ) throws(MetricsError) {
    guard scores.count == kinds.count else {
      throw .lengthsDiffer(truth: kinds.count, predicted: scores.count)
    }
    let ordinary = zip(scores, kinds).filter { $0.1 == goodName }.map(\.0)
    var names: [String] = []
    for name in kinds where name != goodName && !names.contains(name) { names.append(name) }
    func kind(_ name: String, _ scores: [Double]) throws(MetricsError) -> Kind {
      let found = scores.count { $0 > threshold }
      let sweep = try ThresholdSweep(
        truth: ordinary.map { _ in false } + scores.map { _ in true }, scores: ordinary + scores)
      return Kind(
        name: name, samples: scores.count,
        found: Estimate(
          value: Double(found) / Double(scores.count),
          interval: try .wilson(successes: found, of: scores.count)),
        rocAUC: sweep.rocAUCEstimate)
    }
    good = ordinary.count
    let alarms = ordinary.count { $0 > threshold }
    falseAlarms =
      ordinary.isEmpty
      ? nil
      : Estimate(
        value: Double(alarms) / Double(ordinary.count),
        interval: try .wilson(successes: alarms, of: ordinary.count))
    let others = zip(scores, kinds).filter { $0.1 != goodName }.map(\.0)
    anomalies = others.isEmpty ? nil : try kind("all", others)
    var found: [Kind] = []
    if names.count > 1 {
      for name in names {
        found.append(try kind(name, zip(scores, kinds).filter { $0.1 == name }.map(\.0)))
      }
    }
    self.kinds = found
    if let pixels {
      self.pixels = Pixels(
        rocAUC: try ThresholdSweep(
          truth: pixels.masks.flatMap { $0 }, scores: pixels.maps.flatMap { $0 }
        ).rocAUC,
        regionOverlap: try ThresholdSweep(
          regionsOf: pixels.masks, scores: pixels.maps, width: pixels.width
        ).rocAUC(upTo: Self.overlapLimit))
    } else {
      self.pixels = nil
    }
  }
}

/// Maps of pictures beside the masks of their defects, row by row.
public struct MaskedMaps: Sendable, Equatable {
  /// Whether each pixel is in a defect.
  public let masks: [[Bool]]
  /// The value of each pixel.
  public let maps: [[Double]]
  /// Pixels in a row.
  public let width: Int

  /// Maps beside masks.
  public init(masks: [[Bool]], maps: [[Double]], width: Int) {
    self.masks = masks
    self.maps = maps
    self.width = width
  }
}
