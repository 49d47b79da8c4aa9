import GoldenKit

/// The rows of what makes numbers of strings, on the host.
enum TextConformance {
  static func section() throws -> ConformanceSection {
    var cases: [String: (count: Int, error: Double, isSaved: Bool)] = [:]
    for name in GoldenFile.names(in: "text") {
      let file = try GoldenFile("text", name)
      let golden = try GoldenTextCase(file)
      let known = cases[file.className] ?? (0, 0, true)
      cases[file.className] = (
        known.count + 1, max(known.error, try golden.error(file)),
        try golden.isSaved(file) && known.isSaved
      )
    }
    return ConformanceSection(
      title: "Text, on the host", columns: ["Cases", "Saved"],
      rows: cases.sorted { $0.key < $1.key }.map { name, found in
        ConformanceRow(
          name: name, cells: ["\(found.count)", found.isSaved ? "yes" : "no"], error: found.error)
      })
  }
}
