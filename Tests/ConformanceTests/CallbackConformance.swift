import GoldenKit
import MoruTraining

/// The rows of the callbacks: what they decide is compared with Keras's own decisions, case by case,
/// in `GoldenCallbackTests`.
enum CallbackConformance {
  static func section() throws -> ConformanceSection {
    var cases: [String: Int] = [:]
    for name in GoldenFile.names(in: "callbacks") {
      cases[try GoldenFile("callbacks", name).className, default: 0] += 1
    }
    return ConformanceSection(
      title: "Callbacks", columns: ["Cases"],
      rows: callbackCatalog.map { "\($0)" }.sorted().map { kind in
        ConformanceRow(name: kind, cells: [cases[kind].map { "\($0)" } ?? "—"])
      })
  }
}
