import Foundation
import MoruArchive
import MoruMetrics
import Testing

@Suite("Metrics in files") struct MetricCodingTests {
  private func decoded(_ json: String) throws -> any Metric {
    try JSONDecoder().decode([MetricBox].self, from: Data("[\(json)]".utf8))[0].metric
  }

  private func refusal(_ json: String) -> String {
    do {
      _ = try decoded(json)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test("every metric comes back as it was", arguments: metricCatalog.indices)
  func roundTrip(place: Int) throws {
    let metric = metricCatalog[place]
    let data = try JSONEncoder().encode([MetricBox(metric)])
    let back = try JSONDecoder().decode([MetricBox].self, from: data)[0].metric
    #expect(String(reflecting: back) == String(reflecting: metric))
    let named = try decoded("\"\(type(of: metric).kind)\"")
    #expect(String(reflecting: named) == String(reflecting: metric))
  }

  @Test("settings are kept, and defaults fill what is left out")
  func settings() throws {
    let json = try JSONEncoder().encode(MetricBox(Accuracy(threshold: 0.25)))
    let back = try JSONDecoder().decode(MetricBox.self, from: json).metric as? Accuracy
    #expect(back?.threshold == 0.25)
    #expect((try decoded(#"{"kind":"accuracy"}"#) as? Accuracy)?.threshold == 0.5)
  }

  @Test("what is unknown is refused with the nearest name and the place")
  func refusals() {
    #expect(
      refusal(#""acuracy""#)
        == #"[0]: There is no metric named "acuracy". Did you mean "accuracy"?"#)
    #expect(
      refusal(#"{"kind":"acuracy"}"#)
        == #"[0].kind: There is no metric named "acuracy". Did you mean "accuracy"?"#)
    #expect(
      refusal(#"{"kind":"accuracy","treshold":0.5}"#)
        == #"[0].treshold: accuracy has no setting "treshold". Did you mean "threshold"?"#)
    #expect(
      refusal(#"{"kind":"meanSquaredError","threshold":1}"#)
        == "[0].threshold: meanSquaredError has no setting \"threshold\". Remove it.")
  }

  @Test("settings out of range are refused with the place")
  func ranges() {
    #expect(
      refusal(#"{"kind":"precision","thresholds":[0.5,2]}"#)
        == "[0].thresholds: precision: thresholds must be a list of numbers between 0 and 1. Change it."
    )
    #expect(
      refusal(#"{"kind":"recall","topK":0}"#)
        == "[0].topK: recall: topK must be a whole number of at least 1. Change it.")
    #expect(
      refusal(#"{"kind":"f1Score","average":"none"}"#).contains("none"))
  }

  @Test("a metric under a name of one's own comes back, and its name with it")
  func named() throws {
    let json = #"{"kind":"named","name":"cats","metric":{"kind":"recall","classId":3}}"#
    let back = try decoded(json)
    #expect(back.name == "cats")
    #expect(((back as? NamedMetric)?.metric as? Recall)?.classId == 3)
    #expect(
      refusal(#"{"kind":"named","name":"cats","metric":{"kind":"recall","class":3}}"#)
        == #"[0].metric.class: recall has no setting "class". Did you mean "classId"?"#)
  }

  @Test("every metric of the folder has a line in the catalogue")
  func catalog() throws {
    let folder = URL(filePath: #filePath)
      .appending(path: "../../../../Sources/MoruMetrics/Device").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") && !["Metric.swift", "MetricBox.swift"].contains($0) }
    // A file holds one metric, or a family that is written once: a name for each member.
    var named: [String] = []
    for file in files {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      let pattern = /^public (?:struct (\w+):|typealias \w+ = (.+))/.anchorsMatchLineEndings()
      let names = text.matches(of: pattern).compactMap { $0.output.1 ?? $0.output.2 }
      #expect(!names.isEmpty, "\(file)")
      named += names.map(String.init)
    }
    #expect(named.sorted() == metricCatalog.map { "\(type(of: $0))" }.sorted())
  }
}
