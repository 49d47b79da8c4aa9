import Foundation
import Testing

@testable import Lessons

@Test func everyLessonHasAFileAndALine() throws {
  let folder = URL(filePath: "Examples/Lessons")
  let kinds = lessons.map { "\($0)" }
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
    String($0.prefix { $0 != "." })
  }
  #expect(Set(files).subtracting(["Lesson", "Command", "Digits"]) == Set(kinds))
  let page = try String(contentsOf: URL(filePath: "Examples/README.md"), encoding: .utf8)
  for lesson in lessons { #expect(page.contains("| `\(lesson.name)` |"), "\(lesson.name)") }
}
