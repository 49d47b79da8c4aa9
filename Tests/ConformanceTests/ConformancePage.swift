import Foundation
import MoruLayers
import MoruMetrics
import MoruOptimizers

/// One thing that is there, and what proves it.
struct ConformanceRow {
  /// Its name: `Conv2D`.
  let name: String
  /// What the columns after the name say.
  var cells: [String]
  /// The largest relative error against golden values, if there are any.
  var error: Double?
}

/// A table of the page.
struct ConformanceSection {
  /// The heading.
  let title: String
  /// The columns after name and error.
  let columns: [String]
  let rows: [ConformanceRow]

  var text: String {
    let header = ["Name", "Largest error"] + columns
    let lines = [header, header.map { _ in "---" }] + rows.map(Self.cells)
    return "## \(title)\n\n"
      + lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") + "\n"
  }

  private static func cells(_ row: ConformanceRow) -> [String] {
    [row.name, row.error.map(bound) ?? "—"] + row.cells
  }

  /// The least power of ten that is not less than an error: digits beyond it are the processor's.
  static func bound(_ error: Double) -> String {
    error == 0 ? "0" : "1e\(Int(log10(error).rounded(.up)))"
  }
}

/// `docs/conformance.md`: what there is and how it is proven, computed anew from the catalogues and
/// the golden files.
enum ConformancePage {
  /// Every table of the page; a new family adds a line here.
  static func sections() async throws -> [ConformanceSection] {
    [
      try await LayerConformance.section(),
      try await ConformanceSection("Losses", lossCatalog, proof: .losses),
      try await ConformanceSection("Metrics", metricCatalog, proof: .metrics),
      try await ConformanceSection("Optimizers", optimizerCatalog, proof: .optimizers),
      try await ConformanceSection("Learning-rate schedules", scheduleCatalog, proof: .schedules),
      try WeightConformance.initializers(),
      try await WeightConformance.regularizers(),
      try await WeightConformance.constraints(),
      try CallbackConformance.section(),
      try TextConformance.section(),
    ]
  }

  static let introduction = """
    # Conformance

    What there is, and what proves it. Tests compute this page anew from the catalogues and the golden
    files and compare it with what stands here; `scripts/write-conformance` writes it.

    *Largest error* is the largest relative error, max|a − b| / max|b|, of outputs, updated state and
    gradients against golden values of PyTorch and Keras, in Float32 on the reference executor, as the
    next power of ten; schedules count in Float64. *Cases* counts golden files; what has none is
    random, or ours alone, and has tests of its own (by moments, by known values). *Gradient*:
    compared with golden gradients.
    *Saved*: comes back from its file as it was. *CPU*: agrees within 1e-5 on the CPU
    executor, with golden values or, where there are none, with the reference executor in training.
    Vocabularies of texts are compared too, and must be the same.
    Cases of callbacks are decisions of Keras's own for given figures, which must be the same; the
    other callbacks have tests of their own.

    """

  static let url = URL(filePath: #filePath).appending(path: "../../../docs/conformance.md")
    .standardizedFileURL

  static func text(_ sections: [ConformanceSection]) -> String {
    introduction + "\n" + sections.map(\.text).joined(separator: "\n")
  }
}
