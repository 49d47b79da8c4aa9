import Foundation
import GoldenKit
import MoruData
import MoruTensors
import Testing

private func csv(_ columns: [String], _ rows: [[Double]]) throws -> Table {
  try table(
    columns.joined(separator: ",") + "\n"
      + rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n"))
}

private func numbers(_ dataset: Dataset) throws -> [Float] {
  try dataset.features[0].values.array()
}

@Test(arguments: GoldenFile.names(in: "windows"))
func windowsAreThoseOfKeras(_ name: String) throws {
  let file = try GoldenFile("windows", name)
  let x = try file.tensor("x")
  let values: [Double] = try x.array()
  let width = x.shape[1]
  let rows = (0..<x.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  let horizon = try file.config.value("horizon").integer()
  let found = try Dataset.windows(
    of: csv(["온도", "b"], rows), target: "온도", window: file.config.value("window").integer(),
    horizon: horizon...horizon, stride: file.config.value("stride").integer(),
    samplingRate: file.config.value("samplingRate").integer())
  #expect(found.features[0].values == (try file.tensor("windows").converted(to: .float32)))
  let targets: [Float] = try file.tensor("targets").converted(to: .float32).array()
  #expect(found.target == .values(targets))
}

@Test func windowsStayWithinTheirRows() throws {
  let table = try csv(["t"], (0..<10).map { [Double($0)] })
  let early = try Dataset.windows(of: table, target: "t", window: 2, rows: 0..<6)
  #expect(try numbers(early) == [0, 1, 1, 2, 2, 3, 3, 4])
  #expect(early.target == .values([2, 3, 4, 5]))
  let late = try Dataset.windows(of: table, target: "t", window: 2, rows: 6..<10)
  #expect(try numbers(late) == [6, 7, 7, 8])
  #expect(late.target == .values([8, 9]))
}

@Test func windowsStayWithinTheirSeries() throws {
  let table = try table("기계,값\na,1\na,2\na,3\nb,4\nb,5\nb,6\nc,7\n")
  let found = try Dataset.windows(of: table, target: "값", window: 2, series: "기계")
  #expect(try numbers(found) == [1, 2, 4, 5])
  #expect(found.target == .values([3, 6]))
  let mixed = try MoruDataTests.table("기계,값\na,1\nb,2\na,3\n")
  #expect(
    message { _ = try Dataset.windows(of: mixed, target: "값", window: 1, series: "기계") }
      == "windows: rows.csv:2: the rows of a series in '기계' do not stand together. "
      + "Sort the table by it, then by time.")
}

@Test func aHorizonOfSeveralStepsIsATensor() throws {
  let table = try csv(["t", "u"], (0..<6).map { [Double($0), Double(10 * $0)] })
  let found = try Dataset.windows(
    of: table, features: ["u"], target: "t", window: 3, horizon: 1...2)
  #expect(found.features[0].values.shape == [2, 3, 1])
  #expect(found.target == .tensor(try HostTensor([[3, 4], [4, 5]] as [[Float]])))
}

@Test func windowsThatDoNotFitAndCellsWithoutNumbersAreNamed() throws {
  let table = try table("t,u\n1,2\n3,\n5,x\n")
  #expect(
    message { _ = try Dataset.windows(of: table, features: ["t"], target: "t", window: 3) }
      == "windows: no window of 3 rows with a horizon of 1 fits into 3 rows. Use shorter ones.")
  #expect(
    message { _ = try Dataset.windows(of: table, target: "t", window: 1) }
      .hasPrefix("rows.csv:4: column 'u' holds text"))
  #expect(
    message { _ = try Dataset.windows(of: table, target: "t", window: .max, samplingRate: .max) }
      .contains("fits into 3 rows"))
  #expect(
    message { _ = try Dataset.windows(of: table, target: "t", window: 0) }.contains("at least 1"))
  let gap = try MoruDataTests.table("t,u\n1,2\n3,\n5,6\n")
  #expect(
    message { _ = try Dataset.windows(of: gap, target: "t", window: 1) }
      .hasPrefix("rows.csv:3: column 'u' has no value."))
}
