import Foundation

/// The part of `docs/onnx.md` that says which node tests of ONNX pass.
struct ONNXCoveragePage {
  private let text: String
  private static let page = kerasFile("../../../docs/onnx.md")
  private static let begin = "<!-- written by scripts/write-onnx-coverage -->\n"

  init(_ results: [ONNXNodeCase.Result]) {
    let passing = results.filter { $0.problem == nil }
    var lines = [
      "\(passing.count) of \(results.count) node tests pass.", "",
      "| Operator | Pass | Of | Why others do not |", "|---|---|---|---|",
    ]
    for (op, results) in Dictionary(grouping: results, by: \.test.op).sorted(by: { $0.key < $1.key }
    ) {
      let problems = results.compactMap(\.problem).map(Self.reason)
      let counts = Dictionary(grouping: problems) { $0 }.mapValues(\.count)
      let words = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        $0.value == 1 ? $0.key : "\($0.key) (\($0.value))"
      }
      lines.append(
        "| \(op) | \(results.count - problems.count) | \(results.count) | \(words.joined(separator: "; ")) |"
      )
    }
    lines += ["", "<details><summary>The tests that pass</summary>", ""]
    lines.append(passing.map { "`\($0.test.name)`" }.joined(separator: " "))
    lines += ["", "</details>", ""]
    text = Self.begin + "\n" + lines.joined(separator: "\n")
  }

  /// The reason without names of files and nodes.
  private static func reason(_ problem: String) -> String {
    if problem.contains("operators that are not supported") { return "operator not known" }
    if problem.hasPrefix("wrong") { return "other numbers or types" }
    if let range = problem.range(of: "elements of the type ") {
      let type = problem[range.upperBound...].prefix { $0 != " " && $0 != "." }
      return "elements of the type \(type)"
    }
    if let range = problem.range(of: " do not fit: ") {
      return problem[range.upperBound...].prefix { $0 != "." && $0 != "[" }.trimmingCharacters(
        in: .whitespaces)
    }
    return problem.split(separator: ":").last.map {
      $0.prefix(80).trimmingCharacters(in: .whitespaces)
    }
      ?? problem
  }

  private static func parts() throws -> (before: String, after: String) {
    let page = try String(contentsOf: page, encoding: .utf8)
    guard let range = page.range(of: begin) else { return (page, "") }
    return (String(page[..<range.lowerBound]), String(page[range.lowerBound...]))
  }

  func write() throws {
    try (Self.parts().before + text).write(to: Self.page, atomically: true, encoding: .utf8)
  }

  func isCurrent() throws -> Bool { try Self.parts().after == text }
}
