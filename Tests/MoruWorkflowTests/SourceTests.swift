import Foundation
import MoruData
import MoruTensors
import MoruWorkflow
import Testing

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../MoruDataTests/Fixtures").standardizedFileURL

private func refusal(_ data: String, in folder: TestFolder) -> String {
  do {
    _ = try folder.prepared(data)
    return "no error"
  } catch { return "\(error)" }
}

private func copy(_ fixture: String, to name: String, in folder: TestFolder) throws {
  let target = folder.url.appending(path: name)
  try FileManager.default.createDirectory(
    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
  try FileManager.default.copyItem(at: fixtures.appending(path: fixture), to: target)
}

@Test func damagedRowsOfATableAreSkippedIfAskedFor() throws {
  let folder = try TestFolder()
  try folder.write(
    "행.csv", "값,종류\n" + (0..<20).map { "\($0),\($0 % 2)" }.joined(separator: "\n") + "\n1\n")
  let found = refusal("path: 행.csv\ntarget: 종류", in: folder)
  #expect(found.hasPrefix("행.csv:22: 1 field where the header has 2."), "\(found)")
  let data = try folder.prepared("path: 행.csv\ntarget: 종류\ndamaged: skip")
  #expect(data.report.reading?.skippedCount == 1)
  #expect(data.train.count + data.test.count == 20)
}

@Test func encodingsAndJSONLinesAreTables() throws {
  let folder = try TestFolder()
  try copy("cp949.csv", to: "한글.csv", in: folder)
  let report = try DataInspection(
    at: [folder.url.appending(path: "한글.csv")], target: nil
  ).parts[0].profile.report
  #expect(report.reading?.encoding == .cp949)
  #expect("\(report)".hasPrefix("한글.csv: 3 rows, 3 kept, 0 skipped, CP949\n"))
  try folder.write(
    "행.jsonl",
    (0..<20).map { "{\"x\": {\"값\": \($0)}, \"종류\": \"\($0 % 2)\"}" }.joined(separator: "\n"))
  #expect(refusal("path: 행.jsonl\ntarget: 종류", in: folder).contains("flatten it"))
  let data = try folder.prepared("path: 행.jsonl\ntarget: 종류\nnested: flatten")
  #expect(data.train.known.encoding?.columns.map(\.name) == ["x.값"])
}

@Test func arraysOfNumPyAreSamples() throws {
  let folder = try TestFolder()
  try copy("numpy/samples.npz", to: "배열.npz", in: folder)
  let data = try folder.prepared("path: 배열.npz\ntarget: y\nfeatures: [x]")
  #expect(data.format == .numpy)
  #expect(data.train.labels == ["2", "7"])
  #expect(data.train.count == 16 && data.test.count == 4)
  #expect(data.train.signature.map(\.shape) == [[3]])
  #expect(
    refusal("path: 배열.npz\ntarget: z", in: folder).contains("there is no column 'z'"))
  #expect(refusal("path: 배열.npz", in: folder).contains("given for numpy data: the array"))
  #expect(
    refusal("path: 배열.npz\ntarget: y\ncategorical: [x]", in: folder).contains("it is for csv data"))
}

@Test func picturesMayHaveATableOfLabels() throws {
  let folder = try TestFolder()
  var rows = "이름,결함\n"
  for number in 0..<10 {
    try copy("rgb.png", to: "사진/\(number).png", in: folder)
    rows += "\(number).png,\(number % 2 == 0 ? "긁힘" : "찍힘|변색")\n"
  }
  try folder.write("라벨.csv", rows)
  let sets = try folder.prepared(
    "path: 사진\nlabelFile: 라벨.csv\nfileColumn: 이름\ntarget: 결함\nlabelSeparator: \"|\"\ntest: 0.3")
  #expect(sets.train.targets.first?.labels == ["긁힘", "변색", "찍힘"])
  #expect(sets.train.count == 7 && sets.test.count == 3)
  let classes = try folder.prepared(
    "path: 사진\nlabelFile: 라벨.csv\nfileColumn: 이름\ntarget: 결함")
  #expect(classes.train.labels == ["긁힘", "찍힘|변색"])
  #expect(refusal("path: 사진\ntarget: 결함", in: folder).contains("it is for csv and numpy"))
  #expect(
    refusal("path: 사진\nlabelSeparator: \"|\"", in: folder).contains("left out without labelFile"))
}

@Test func textsByClassAreATable() throws {
  let folder = try TestFolder()
  for (name, word) in [("좋음", "최고"), ("나쁨", "최악")] {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "글/\(name)"), withIntermediateDirectories: true)
    for number in 0..<10 { try folder.write("글/\(name)/\(number).txt", "\(word) \(number)") }
  }
  let data = try folder.prepared("path: 글\ntext: {text: {outputSequenceLength: 2}}")
  #expect(data.format == .texts)
  #expect(data.train.labels == ["나쁨", "좋음"])
  #expect(data.train.count == 16)
  let report = try DataInspection(at: [folder.url.appending(path: "글")], target: nil)
    .parts[0].profile.report
  #expect(report.classes.map(\.count) == [10, 10])
}

@Test func picturesAreComparedSmallAndInTheirParts() throws {
  let folder = try TestFolder()
  for part in ["train", "test"] {
    for number in 0..<4 {
      try copy("rgb.png", to: "사진/\(part)/양호/\(number).png", in: folder)
      try copy("grey.png", to: "사진/\(part)/불량/\(number).png", in: folder)
    }
  }
  let url = folder.url.appending(path: "사진")
  let parts = try ComparedData(at: url, .init())
  #expect(parts.samples.count == 8 && parts.setAside == 8 && parts.isPictures)
  #expect(parts.resizedTo == nil, "all have one size")
  let whole = try ComparedData(at: url.appending(path: "test"), .init())
  #expect(whole.samples.count == 6 && whole.setAside == 2)
  try copy("orientation1.png", to: "사진/train/양호/5.png", in: folder)
  #expect(try ComparedData(at: url, .init()).resizedTo == .init(height: 64, width: 64))
  var settings = ComparedData.Settings()
  settings.imageSize = .init(height: 8, width: 6)
  #expect(try ComparedData(at: url, settings).resizedTo == .init(height: 8, width: 6))
  try FileManager.default.moveItem(
    at: url.appending(path: "train"), to: url.appending(path: "one"))
  #expect(
    throws: WorkflowError.unfit(
      source: "사진",
      reason: "The folder holds the parts one, test, none of them train. "
        + "Name the folder of one of them.")
  ) { _ = try ComparedData(at: url, settings) }
}
