import Foundation
import Testing

@Suite("moru evaluate") struct EvaluateTests {
  /// A model of two classes, of which the second is rare in the test.
  private func trained() async throws -> TestFolder {
    let folder = try TestFolder()
    func rows(_ count: Int, defects: Int) -> String {
      (0..<count).reduce("x,machine,kind\n") { text, row in
        let isDefect = row < defects
        // Some defects look like good parts.
        let x = isDefect && row % 5 != 0 ? 1.0 + Double(row % 3) : -1 - Double(row % 4)
        return text + "\(x),\(row % 2 + 1)호기,\(isDefect ? "불량" : "good")\n"
      }
    }
    try folder.write("train.csv", rows(80, defects: 40))
    try folder.write("validation.csv", rows(60, defects: 30))
    try folder.write("test.csv", rows(200, defects: 20))
    try folder.writeConfiguration(
      data: "path: train.csv\n  target: kind\n  features: [x]",
      layers: "[{kind: Dense, units: 2, activation: softmax}]", epochs: 30)
    #expect(try await folder.run("train", "config.yaml").code == 0)
    return folder
  }

  @Test("puts recall first, weighs costs at the field's ratio and writes a page")
  func report() async throws {
    let folder = try await trained()
    let outcome = try await folder.run(
      "evaluate", "compass", "test.csv", "--field-ratio", "0.01", "--stakes", "good=1,불량=10",
      "--validation", "validation.csv", "--slice", "machine", "--report", "out.html", "--language",
      "ko", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let figures = try #require(try outcome.json()["classification"] as? [String: Any])
    #expect(figures["positive"] as? String == "불량")
    let headline = try #require(figures["headline"] as? [[String: Any]])
    #expect(headline.first?["figure"] as? String == "recall")
    let estimate = try #require(headline.first?["estimate"] as? [String: Any])
    #expect(estimate["value"] as? Double == 0.8)
    let slices = try #require(try outcome.json()["slices"] as? [String: [[String: Any]]])
    #expect(slices["machine"]?.map { $0["name"] as? String } == ["1호기", "2호기"])
    let html = try String(contentsOf: folder.url.appending(path: "out.html"), encoding: .utf8)
    #expect(html.contains("재현율") && html.contains("test.csv:") && html.contains("2호기"))
  }

  @Test("says that the model has learned from the samples, wholly or in part")
  func overlap() async throws {
    let folder = try await trained()
    func outcome(_ data: String) async throws -> (learned: String?, errors: String, html: String) {
      let outcome = try await folder.run(
        "evaluate", "compass", data, "--report", "out.html", "--language", "ko", "--json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      return (
        try outcome.json()["learned_from"] as? String, outcome.errors,
        try String(contentsOf: folder.url.appending(path: "out.html"), encoding: .utf8)
      )
    }
    let other = try await outcome("test.csv")
    #expect(other.learned == nil)
    #expect(!other.errors.contains("warning") && !other.html.contains("학습했음"))
    let read = try await outcome("train.csv")
    #expect(read.learned == "some")
    #expect(read.errors.contains("warning: The model has learned from a part of these samples."))
    #expect(read.html.contains("모델이 이 표본 일부로 학습했음."))

    let table = try String(
      contentsOf: folder.url.appending(path: "train.csv"), encoding: .utf8)
    try folder.write("copy.csv", table)
    #expect(try await outcome("copy.csv").learned == "some")
  }

  @Test("says what is wrong with options")
  func refusals() async throws {
    let folder = try await trained()
    for (arguments, message) in [
      (["--positive", "불랑"], "the model knows no class '불랑'; did you mean '불량'?"),
      (["--field-ratio", "good=0.9"], "--field-ratio: nothing for class '불량'."),
      (["--field-ratio", "2"], "The classes' shares sum to"),
      (["--stakes", "good:1"], "--stakes: 'good:1' is not CLASS=NUMBER."),
      (
        ["--validation", "test.csv"],
        "--validation: these are the samples that the model is judged by."
      ),
      (["--slice", "machin"], "machin"),
      (["--slice", "x", "--language", "de"], "Please provide one of 'en' and 'ko'"),
      (["--stakes", "a", "--costs", "b"], "--stakes and --costs say the same."),
    ] {
      let outcome = try await MoruProcess.run(
        ["evaluate", "compass", "test.csv"] + arguments, in: folder.url)
      #expect(outcome.code != 0)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  @Test("judges pictures by the folder that they are in")
  func folders() async throws {
    let folder = try TestFolder()
    let manager = FileManager.default
    for (part, count) in [("학습", 12), ("야간", 4)] {
      for (place, name) in ["밝음", "어두움"].enumerated() {
        try manager.createDirectory(
          at: folder.url.appending(path: "\(part)/\(name)"), withIntermediateDirectories: true)
        for number in 0..<count {
          let level = UInt8((part == "야간" ? 0 : place == 0 ? 200 : 20) + number)
          try folder.writePNG(
            "\(part)/\(name)/\(number).png", [UInt8](repeating: level, count: 36))
        }
      }
    }
    try manager.createDirectory(
      at: folder.url.appending(path: "시험"), withIntermediateDirectories: true)
    for part in ["학습", "야간"] {
      try manager.copyItem(
        at: folder.url.appending(path: part), to: folder.url.appending(path: "시험/\(part)"))
    }
    try folder.writeConfiguration(
      data: "path: 학습",
      layers:
        "[{kind: Rescaling, scale: 0.004}, {kind: Flatten}, {kind: Dense, units: 2, activation: softmax}]",
      epochs: 60)
    let trained = try await folder.run("train", "config.yaml")
    #expect(trained.code == 0, "\(trained.errors)")
    let outcome = try await folder.run(
      "evaluate", "compass", "시험", "--slice", "folder", "--report", "out.html", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let slices = try #require(try outcome.json()["slices"] as? [String: [[String: Any]]])
    #expect(slices["folder"]?.map { $0["name"] as? String } == ["야간", "학습"])
    #expect(slices["folder"]?.map { $0["samples"] as? Int } == [8, 24])
    let html = try String(contentsOf: folder.url.appending(path: "out.html"), encoding: .utf8)
    #expect(html.contains("야간"))
    let single = try await folder.run("evaluate", "compass", "학습", "--slice", "folder", "--json")
    let classes = try #require(try single.json()["slices"] as? [String: [[String: Any]]])
    #expect(classes["folder"]?.map { $0["name"] as? String } == ["밝음", "어두움"])
    let wrong = try await folder.run("evaluate", "compass", "시험", "--slice", "machine")
    #expect(wrong.errors.contains("--slice folder"), "\(wrong.errors)")
  }

  @Test("reads costs from a table, and shows pictures of mistakes")
  func pictures() async throws {
    let folder = try TestFolder()
    try folder.writeIDX()
    try folder.writePictureConfiguration()
    #expect(try await folder.run("train", "pictures.yaml").code == 0)
    // A mistake costs 1, but to miss a 1 costs 5.
    let table = (0..<10).map { truth in
      "\(truth),"
        + (0..<10).map { $0 == truth ? "0" : truth == 1 ? "5" : "1" }
        .joined(separator: ",")
    }
    try folder.write(
      "costs.csv", (["true,0,1,2,3,4,5,6,7,8,9"] + table).joined(separator: "\n"))
    let outcome = try await folder.run(
      "evaluate", "compass", "idx", "--costs", "costs.csv", "--report", "out.html", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let figures = try #require(try outcome.json()["classification"] as? [String: Any])
    let costs = try #require(figures["costs"] as? [String: Any])
    let matrix = try #require((costs["matrix"] as? [String: [[Double]]])?["costs"])
    #expect(matrix[0] == [0] + [Double](repeating: 1, count: 9))
    #expect(matrix[1] == [5, 0] + [Double](repeating: 5, count: 8))
    #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "out.html").path))
  }
}
