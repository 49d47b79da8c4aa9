import Foundation
import Lessons
import Testing

@Test func xavierFailsUnderReluAndHeDoesNot() async throws {
  let findings = try await InitializerDepth().run()
  // Relu halves the mean square in each of 29 further layers; widths and chance blur it.
  let relu = findings.reluXavier
  let lost = relu.signals[29] / relu.signals[0]
  #expect(lost > 1e-10 && lost < 1e-7, "\(lost)")
  #expect(relu.gradient < 1e-3)
  let he = findings.reluHe
  #expect((0.2...5).contains(he.signals[29] / he.signals[0]))
  #expect((0.2...5).contains(he.gradient))
  // Under tanh Xavier's gradient stays below 1, He's grows, and more outputs are cut off.
  #expect((0.05...1).contains(findings.tanhXavier.gradient))
  #expect(findings.tanhHe.gradient > 2)
  #expect(findings.tanhHe.saturated > findings.tanhXavier.saturated + 0.02)
}

@Test func thePageOfInitializersShowsWhatTheLessonFinds() async throws {
  let page = try String(contentsOf: URL(filePath: "docs/initializers.md"), encoding: .utf8)
  let rows = try await InitializerDepth().run().summary.split(separator: "\n")
  for row in rows {
    let name = row.prefix { !$0.isNumber }
    let written = try #require(page.split(separator: "\n").first { $0.hasPrefix(name) })
    // Processors round the last digit differently.
    for (found, shown) in zip(numbers(row), numbers(written)) {
      #expect(abs(found - shown) <= 0.1 * abs(shown) + 1e-12, "\(row)")
    }
    #expect(numbers(row).count == numbers(written).count)
  }
}

/// The numbers between the bars of a table's row.
private func numbers(_ row: Substring) -> [Double] {
  row.split(separator: "|").compactMap { cell in Double(String(cell.filter { !" %".contains($0) }))
  }
}
