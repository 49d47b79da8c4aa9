import MoruArchive
public import MoruGraph
import MoruTensors

/// The end of a model that tells anomalies: a score for good, which is the threshold, and one for anomaly,
/// which is how unlike the good samples a sample is. The greater one decides.
///
/// A map, from which the score need not come, may stand beside it: it has no part in the answer, and is
/// there for those who ask the model for it.
///
/// - Shapes: `[batch, 1]`, and perhaps a map `[batch, …]`, `→ [batch, 2]`.
public struct AnomalyThreshold: MergingLayer {
  public static let kind = "AnomalyThreshold"
  public var identity = Identity()
  public let name: String?
  /// The score above which a sample is an anomaly, in the unit of the scores.
  public let threshold: Double
  /// The share of good samples above the threshold that was asked for, between 0 and 1.
  public let falseAlarmRate: Double
  /// How many good samples, which nothing else was learned from, the threshold comes from.
  public let samples: Int
  /// The value of a map above which a place is conspicuous: as many good samples have such a place as have
  /// a score above the threshold; nil without maps.
  public let mapThreshold: Double?

  /// A threshold, and where it comes from.
  public init(
    _ threshold: Double, falseAlarmRate: Double, samples: Int, mapThreshold: Double? = nil,
    name: String? = nil
  ) {
    self.threshold = threshold
    self.falseAlarmRate = falseAlarmRate
    self.samples = samples
    self.mapThreshold = mapThreshold
    self.name = name
  }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    guard inputs.count <= 2, inputs[0].rank == 2, inputs[0].shape[1] == 1 else {
      return .failure(
        Self.kind, inputs,
        Mismatch(
          "it takes a score [batch, 1] and perhaps a map", "Pass one score a sample first."))
    }
    let score = inputs[0].floating()
    let limit = Tensor(HostTensor(threshold).converted(to: score.dtype)).broadcast(to: score.shape)
    return concatenate([limit, score], axis: 1)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, threshold, falseAlarmRate, samples, mapThreshold
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    threshold = try fields.required(.threshold)
    falseAlarmRate = try fields.required(.falseAlarmRate)
    samples = try fields.positive(.samples)
    mapThreshold = try fields.optional(.mapThreshold)
    guard falseAlarmRate > 0, falseAlarmRate < 1 else {
      throw fields.outOfRange(.falseAlarmRate, "between 0 and 1, not \(falseAlarmRate)")
    }
    guard samples < sizeLimit else {
      throw fields.outOfRange(.samples, "below \(sizeLimit), not \(samples)")
    }
  }
}
