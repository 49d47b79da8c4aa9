import ArgumentParser
import Foundation
import Moru

/// Gives lessons: `swift run -c release Lessons xor`.
@main
struct Command: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Lessons",
    abstract: "Small experiments, each of which shows one thing and draws a picture of it.",
    discussion: lessons.map { "\($0.name): \($0.claim)" }.joined(separator: "\n"))

  @Argument(help: "The lessons to give; all if none is named.")
  var names: [String] = []

  @Option(name: .shortAndLong, help: "The folder for the pictures.")
  var output = "."

  func validate() throws {
    for name in names where !lessons.contains(where: { $0.name == name }) {
      let known = lessons.map { $0.name }.joined(separator: ", ")
      throw ValidationError("There is no lesson '\(name)'. There are: \(known).")
    }
  }

  static func main() async {
    WaitingThreads.giveWay()
    await Self.main(nil)
  }

  func run() async throws {
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for lesson in lessons where names.isEmpty || names.contains(lesson.name) {
      print("\(lesson.name): \(lesson.claim)")
      let findings: any LessonFindings = try await lesson.init().run()
      let picture = folder.appending(path: lesson.name + ".svg")
      try findings.chart.svg().write(to: picture, atomically: true, encoding: .utf8)
      print(findings.summary + "\nPicture: \(picture.path(percentEncoded: false))\n")
    }
  }
}
