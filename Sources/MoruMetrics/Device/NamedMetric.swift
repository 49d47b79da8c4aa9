import MoruArchive
public import MoruGraph

/// A metric under a name of one's own, so that two of a kind can be told apart in reports.
///
/// - Shapes: those of the metric.
public struct NamedMetric: Metric {
  public static let kind = "named"
  public let name: String
  /// What is computed.
  public let metric: any Metric

  /// A metric under a name.
  public init(_ name: String, _ metric: any Metric) {
    self.name = name
    self.metric = metric
  }

  public var isBetterGreater: Bool { metric.isBetterGreater }

  public func sums(target: Tensor, prediction: Tensor, sampleWeight: Tensor?) -> [Tensor] {
    metric.sums(target: target, prediction: prediction, sampleWeight: sampleWeight)
  }

  public func value(sums: [[Double]]) -> Double { metric.value(sums: sums) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, metric }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    name = try fields.required(.name)
    let box: MetricBox = try fields.required(.metric)
    metric = box.metric
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(MetricBox(metric), forKey: .metric)
  }
}

extension Metric where Self == NamedMetric {
  /// A metric under a name of one's own: `.named("recall of cats", .recall(classId: 3))`.
  public static func named(_ name: String, _ metric: any Metric) -> Self { .init(name, metric) }
}
