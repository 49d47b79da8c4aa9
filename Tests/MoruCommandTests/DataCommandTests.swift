import Foundation
import Testing

private let page = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/cleansing.md")

/// The content of the first block of a language in the page of these commands.
private func block(_ language: String) throws -> String {
  let text = try String(contentsOf: page, encoding: .utf8)
  let rest = try #require(text.components(separatedBy: "```\(language)\n").dropFirst().first)
  return try #require(rest.components(separatedBy: "\n```").first) + "\n"
}

/// A folder with the sample of the page.
private func sampleFolder() throws -> TestFolder {
  let folder = try TestFolder()
  try folder.write("parts.csv", block("csv"))
  return folder
}

@Test func theCommandsOfThePageOfCleansingRunOneAfterAnother() async throws {
  let folder = try sampleFolder()
  var outputs: [String] = []
  for line in try block("sh").split(separator: "\n") {
    let words = line.split(separator: " ").map(String.init)
    #expect(words.first == "moru")
    let outcome = try await MoruProcess.run(Array(words.dropFirst()), in: folder.url)
    #expect(outcome.code == 0, "\(line): \(outcome.errors)\(outcome.output)")
    outputs.append(outcome.output)
  }
  for part in [
    "parts.csv:4: '서울 '", "'Seoul' = 'seoul'", "parts.csv:13 = parts.csv:14",
    "'1,000원'", "Column '라인' has the same value in every row.", "far from its middle",
  ] {
    #expect(outputs[0].contains(part), "\(part)")
  }
  #expect(outputs[1].contains("Nothing was written"))
  #expect(!outputs[4].contains("more than one part"))
  let original = try Data(contentsOf: folder.url.appending(path: "original.csv"))
  #expect(try original == Data(contentsOf: folder.url.appending(path: "parts.csv")))
  let html = try String(
    contentsOf: folder.url.appending(path: "parts.html"), encoding: .utf8)
  #expect(html.contains("<svg") && html.contains("판정 by column"))
  let names = try FileManager.default.contentsOfDirectory(
    atPath: folder.url.appending(path: "parts").path)
  #expect(names.sorted() == ["split.json", "test.csv", "train.csv"])
}

@Test func brokenRulesEndWithOneAndAreInTheJSON() async throws {
  let folder = try sampleFolder()
  #expect(
    try await folder.run("data", "validate", "parts.csv", "--infer", "규칙.yaml").code == 0)
  let bad = try block("csv").replacing("70.9", with: "-70.9").replacing("C,seoul", with: "C,제주")
  try folder.write("새 자료.csv", bad)
  let outcome = try await folder.run(
    "data", "validate", "새 자료.csv", "--schema", "규칙.yaml", "--json")
  #expect(outcome.code == 1 && outcome.errors.isEmpty, "\(outcome.errors)")
  let json = try outcome.json()
  #expect(json["is_valid"] as? Bool == false)
  let findings = try #require(json["findings"] as? [[String: Any]])
  let kinds = findings.compactMap { $0["kind"] as? String }
  #expect(kinds.contains("out_of_range"), "\(kinds)")
  #expect(
    findings.contains { ($0["examples"] as? [String])?.first == "새 자료.csv:6: '-70.9'" })
  // A schema is never overwritten.
  let again = try await folder.run("data", "validate", "parts.csv", "--infer", "규칙.yaml")
  #expect(again.code == 1 && again.errorLine.contains("규칙.yaml: The file exists"))
}

@Test(
  arguments: [
    (["validate", "parts.csv"], 2, "Give --schema"),
    (["validate", "parts.csv", "--schema", "no.yaml"], 2, "no such file"),
    (
      ["validate", "parts.csv", "--schema", "odd.yaml"], 2, "odd.yaml:4:3: a column has no setting"
    ),
    (["validate", "parts.csv", "--schema", "new.yaml"], 2, "new.yaml:1:9"),
    (["clean"], 2, "Give a path to clean"),
    (["clean", "parts.csv", "--apply"], 2, "Give --output"),
    (["clean", "parts.csv", "--with", "trimm"], 2, "no step 'trimm'"),
    (["clean", "parts.csv", "--target", "판점"], 1, "'판정'"),
    (["clean", "parts.csv", "--apply", "--output", "parts.csv"], 1, "Name another output"),
    (["clean", "--undo", "parts.csv", "--output", "x"], 1, "this is no journal"),
    (["clean", "--undo", "no.json", "--output", "x"], 1, "cannot be read"),
    (["split", "parts.csv"], 2, "--output"),
    (["split", "parts.csv", "--test", "1.5", "--output", "x"], 1, "sum to less than 1"),
    (["split", "parts.csv", "--group", "롯트", "--output", "x"], 1, "'로트'"),
    (["split", "parts.csv", "--output", "parts.csv"], 1, "Name another output"),
    (["inspect", "parts.csv", "folder"], 1, "all tables or all folders"),
  ] as [([String], Int32, String)])
func mistakesAreSaidWithANextStep(arguments: [String], code: Int32, words: String) async throws {
  let folder = try sampleFolder()
  try folder.write("odd.yaml", "schema: 1\ncolumns:\n- name: 온도\n  tipe: real\n  type: real\n")
  try folder.write("new.yaml", "schema: 2\ncolumns: []\n")
  try folder.write("folder/가/1.png", Data([1]))
  let outcome = try await MoruProcess.run(["data"] + arguments, in: folder.url)
  #expect(outcome.code == code)
  #expect(outcome.errorLine.contains(words), "\(outcome.errors)")
  #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "x").path))
}
