import MoruArchive

/// Codes a metric of any kind: a name, or an object with `kind` and its settings.
public struct MetricBox: Codable, Sendable {
  /// The metric.
  public let metric: any Metric

  /// Boxes a metric for coding.
  public init(_ metric: any Metric) { self.metric = metric }

  public init(from decoder: any Decoder) throws {
    let (kind, hasSettings) = try decoder.kind()
    guard let standard = metricCatalog.first(where: { type(of: $0).kind == kind }) else {
      let known = metricCatalog.map { type(of: $0).kind }
      throw PlacedError(
        ConfigurationError.unknown(kind, of: "metric", among: known),
        at: decoder.codingPath + (hasSettings ? [kindKey] : []))
    }
    metric = hasSettings ? try type(of: standard).init(from: decoder) : standard
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    try container.encode(type(of: metric).kind, forKey: kindKey)
    try metric.encode(to: encoder)
  }
}
