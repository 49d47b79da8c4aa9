import MoruServing
import Synchronization

/// How many answers of each status were given.
final class ResponseCounter: Sendable {
  private let counts = Mutex<[Int: Int]>([:])

  func count(_ status: Int) { counts.withLock { $0[status, default: 0] += 1 } }

  var statuses: [Int: Int] { counts.withLock { $0 } }
}

/// Figures for a monitor.
///
/// - Source: Prometheus' text exposition format 0.0.4,
///   https://prometheus.io/docs/instrumenting/exposition_formats/
enum Metrics {
  static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  static func text(models: [ServedModel], statuses: [Int: Int]) async -> String {
    let statistics = models.map { (labels: labels(of: $0), figures: $0.statistics) }
    var waiting: [(labels: String, value: Double)] = []
    for model in models { waiting.append((labels(of: model), Double(await model.waitingSamples))) }
    var text = MetricsText()
    text.family(
      "moru_http_responses_total", "counter", "Answers by status.",
      statuses.sorted { $0.key < $1.key }.map { ("status=\"\($0.key)\"", Double($0.value)) })
    text.family(
      "moru_model_ready", "gauge", "Whether the model answers.",
      models.map { (labels(of: $0), $0.state == .ready ? 1 : 0) })
    text.family("moru_waiting_samples", "gauge", "Samples that wait to be run.", waiting)
    text.family(
      "moru_requests_total", "counter", "Requests for predictions.",
      statistics.map { ($0.labels, Double($0.figures.requests)) })
    text.family(
      "moru_request_errors_total", "counter", "Requests that were refused or failed.",
      statistics.map { ($0.labels, Double($0.figures.errors)) })
    text.family(
      "moru_samples_total", "counter", "Samples in answered requests.",
      statistics.map { ($0.labels, Double($0.figures.samples)) })
    text.histograms(
      "moru_prediction_duration_seconds", "From a request that was read to its answer.",
      statistics.map { ($0.labels, $0.figures.latency) })
    text.histograms(
      "moru_batch_samples", "Samples that ran together.",
      statistics.map { ($0.labels, $0.figures.batches) })
    return text.lines
  }

  /// Names of models are `SafeName`s, which hold nothing that would have to be escaped.
  private static func labels(of model: ServedModel) -> String {
    "model=\"\(model.name)\",version=\"\(model.version)\""
  }
}

private struct MetricsText {
  var lines = ""

  mutating func family(
    _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Double)]
  ) {
    head(name, type, help)
    for (labels, value) in samples { line(name, labels, value) }
  }

  mutating func histograms(
    _ name: String, _ help: String, _ histograms: [(labels: String, histogram: Histogram)]
  ) {
    head(name, "histogram", help)
    for (labels, histogram) in histograms {
      var below = 0
      for (bound, count) in zip(histogram.bounds, histogram.counts) {
        below += count
        line(name + "_bucket", "\(labels),le=\"\(Self.number(bound))\"", Double(below))
      }
      line(name + "_bucket", "\(labels),le=\"+Inf\"", Double(histogram.count))
      line(name + "_sum", labels, histogram.sum)
      line(name + "_count", labels, Double(histogram.count))
    }
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    lines += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: String, _ value: Double) {
    lines += "\(name){\(labels)} \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? value.description
  }
}
