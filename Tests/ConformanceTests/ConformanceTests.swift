import Foundation
import Testing

@Suite("Conformance") struct ConformanceTests {
  @Test("the page says what the catalogues and golden files say")
  func page() async throws {
    let sections = try await ConformancePage.sections()
    if ProcessInfo.processInfo.environment["MORU_WRITE_CONFORMANCE"] != nil {
      try ConformancePage.text(sections).write(
        to: ConformancePage.url, atomically: true, encoding: .utf8)
    }
    let found = Self.lines(ConformancePage.text(sections))
    let written = Self.lines(try String(contentsOf: ConformancePage.url, encoding: .utf8))
    #expect(found.count == written.count, "run scripts/write-conformance")
    for (one, other) in zip(found, written) {
      #expect(Self.agree(one, other), "run scripts/write-conformance: \(one) for \(other)")
    }
    for row in sections.flatMap(\.rows) {
      #expect(row.error ?? 0 <= 1e-5, "\(row.name)")
      #expect(!row.cells.contains("no"), "\(row.name)")
    }
  }

  private static func lines(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Whether two lines are equal but for errors, which processors round up or down by a power of ten.
  private static func agree(_ one: [String], _ other: [String]) -> Bool {
    one.count == other.count
      && zip(one, other).allSatisfy { one, other in
        if one == other { return true }
        guard let one = Double(one), let other = Double(other), one < 1, other < 1 else {
          return false
        }
        return one == 0 || other == 0 ? max(one, other) <= 1e-7 : (0.09...11).contains(one / other)
      }
  }
}
