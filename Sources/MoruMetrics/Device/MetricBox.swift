import MoruArchive

/// Codes a metric of any kind: a name, or an object with `kind` and its settings.
public struct MetricBox: Codable, Sendable {
  /// The metric.
  public let metric: any Metric

  /// Boxes a metric for coding.
  public init(_ metric: any Metric) { self.metric = metric }

  public init(from decoder: any Decoder) throws {
    metric = try decoder.part("metric", among: metricCatalog)
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: metric) }
}
