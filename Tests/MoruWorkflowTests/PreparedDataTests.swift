import Foundation
import MoruArchive
import MoruData
import MoruTensors
import MoruWorkflow
import Testing

private func numbers(_ samples: SampleSet) throws -> [Float] {
  try samples.loaded().features[0].values.array()
}

@Test func theTestPartIsTheSameWhateverIsWatched() throws {
  let folder = try TestFolder()
  let rows = (0..<100).map { "\($0),\($0 % 2 == 0 ? "even" : "odd")" }
  try folder.write("rows.csv", "number,kind\n" + rows.joined(separator: "\n"))
  let without = try folder.prepared("path: rows.csv\ntarget: kind")
  let with = try folder.prepared("path: rows.csv\ntarget: kind\nvalidation: 0.25")
  #expect(try numbers(without.test) == numbers(with.test))
  #expect(without.validation == nil)
  #expect(without.train.count == 80 && with.train.count == 55)
  let validation = try #require(with.validation)
  #expect(validation.classCounts?.allSatisfy { (12...13).contains($0) } == true)
  #expect(with.test.classCounts == [10, 10])
  let all = try numbers(with.train) + numbers(validation) + numbers(with.test)
  #expect(all.sorted() == (0..<100).map(Float.init))
  #expect(
    try numbers(folder.prepared("path: rows.csv\ntarget: kind", seed: 2).test)
      != numbers(without.test))
}

@Test func fillsComeFromTheTrainingRowsAlone() throws {
  let folder = try TestFolder()
  let rows = (0..<40).map { "\($0 == 7 ? "" : "\($0 * $0)"),\($0)" }
  try folder.write("rows.csv", "x,y\n" + rows.joined(separator: "\n"))
  let data = try folder.prepared(
    "path: rows.csv\ntarget: y\ntask: regression\nmissing: mean\ntest: 0.5")
  let targets = try #require(data.train.targets.first?.tensor).array(of: Float.self)
  let present = targets.filter { $0 != 7 }.map { Double($0 * $0) }
  guard case .number(let fill)? = data.train.known.encoding?.columns.first?.rule else {
    Issue.record("no number column")
    return
  }
  #expect(abs(try #require(fill) - present.reduce(0, +) / Double(present.count)) < 1e-9)
}

@Test func columnsThatSayNothingAndExcludedOnesAreLeftOut() throws {
  let folder = try TestFolder()
  let rows = (0..<60).map { "N\($0),\($0),\($0 % 3),\($0 % 2)" }
  try folder.write("rows.csv", "serial,x,z,y\n" + rows.joined(separator: "\n"))
  let data = try folder.prepared("path: rows.csv\ntarget: y\nexclude: [z]")
  #expect(data.train.known.encoding?.columns.map(\.name) == ["x"])
  #expect(data.leftOut.map(\.name) == ["serial", "z"])
  let all = try folder.prepared(
    "path: rows.csv\ntarget: y\ncategorical: [serial]\nunknown: ignore")
  #expect(all.train.known.encoding?.columns.map(\.name) == ["serial", "x", "z"])
}

@Test func wordsAreLearnedFromTheTrainingRowsAlone() throws {
  let folder = try TestFolder()
  let rows = (0..<40).map { "word\($0),\($0 % 2)" }
  try folder.write("rows.csv", "x,y\n" + rows.joined(separator: "\n"))
  let data = try folder.prepared(
    "path: rows.csv\ntarget: y\ntext: {x: {outputSequenceLength: 1}}\ntest: 0.5")
  // Words of the test part are unknown ones, those of the training part are not.
  #expect(try data.train.known.features[0].values.array(of: Int32.self).sorted() == Array(2...21))
  #expect(
    try data.test.known.features[0].values.array(of: Int32.self) == [Int32](repeating: 1, count: 20)
  )
  let looked = try folder.prepared(
    "path: rows.csv\ntarget: y\nlookup: {x: {outputMode: oneHot}}\ntest: 0.5")
  #expect(looked.train.known.features[0].values.shape == [20, 21])
  #expect(try numbers(looked.test).reduce(0, +) == 20)
}

@Test(arguments: [
  ("{maxToken: 9}", "config.yaml:5:14: TextVectorization has no setting \"maxToken\"."),
  ("{maxTokens: 1}", "config.yaml:5:13: TextVectorization: maxTokens is 1"),
])
func settingsOfTextsAreRefusedWithLineAndColumn(settings: String, says: String) throws {
  let folder = try TestFolder()
  try folder.write("rows.csv", "x,y\na,1\nb,0\n")
  let error = #expect(throws: WorkflowError.self) {
    try folder.prepared("path: rows.csv\ntarget: y\ntext: {x: \(settings)}")
  }
  #expect("\(error.map { "\($0)" } ?? "")".contains(says))
}

@Test func aTableIsIdentifiedByItsOwnChecksum() throws {
  let folder = try TestFolder()
  try folder.write("rows.csv", "x,y\n" + (0..<20).map { "\($0),\($0 % 2)" }.joined(separator: "\n"))
  let data = try folder.prepared("path: rows.csv\ntarget: y")
  #expect(try data.checksum == Checksum(ofFile: folder.url.appending(path: "rows.csv")))
}

@Test(arguments: [
  ("path: rows.csv", "target must be given for csv data"),
  ("path: rows.csv\ntarget: y\nimageSize: 8", "imageSize must be left out for csv data"),
  (
    "path: rows.csv\ntarget: y\nmemoryMebibytes: 9", "memoryMebibytes must be left out for csv data"
  ),
  ("path: rows.csv\ntarget: y\nlabels: [a]", "labels must be left out for csv data"),
])
func settingsThatDataDoNotHaveAreRefused(data: String, says: String) throws {
  let folder = try TestFolder()
  try folder.write("rows.csv", "x,y\n" + (0..<20).map { "\($0),\($0 % 2)" }.joined(separator: "\n"))
  let error = #expect(throws: PlacedError.self) { try folder.prepared(data) }
  #expect("\(error.map { "\($0)" } ?? "")".contains(says))
}
