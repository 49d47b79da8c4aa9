import Foundation
import MoruData
import MoruTensors
import Testing

@Test(arguments: [TableEncoding.MissingPolicy.mean, .mostFrequent])
func encodingAndImputingAgreeWithScikitLearn(_ missing: TableEncoding.MissingPolicy) throws {
  let expected = try Expected.load()
  let data = try Dataset.csv(at: fixture("mixed.csv"), target: "price", missing: missing)
  let encoding = try #require(data.encoding)
  #expect(
    encoding.featureNames == ["age", "city=Ansan", "city=Busan", "city=Seoul", "rooms"])
  #expect(data.features[0].values.shape == [6, 5])
  let wanted = missing == .mean ? expected.mean : expected.mostFrequent
  #expect(try data.features[0].values.array(of: Float.self) == wanted)
  #expect(data.target == .values([1.5, 2.5, 0.5, 4, 3.5, 2]))
}

@Test func fillsAndCategoriesAreLearnedFromTheTrainingPartAlone() throws {
  let rows = try Table(at: fixture("mixed.csv"))
  let encoding = try TableEncoding(
    fitting: rows, target: "price", missing: .mean, rows: [0, 2, 3])
  #expect(
    encoding.columns.map(\.rule) == [
      .number(fill: 32), .category(categories: ["Seoul"], fill: "Seoul"), .number(fill: 2.5),
    ])
  #expect(
    message { _ = try encoding.encode(rows) }
      == "mixed.csv:3: column 'city' holds a value that is none of the 1 known from training. "
      + "Correct it, or train again with rows that hold it.")
}

@Test func cellsAreNumbersTextsAndNullsOfJSON() {
  #expect(CellValue(JSONValue.null) == .missing)
  #expect(CellValue(JSONValue.number(0.1)) == .number(0.1))
  #expect(CellValue(JSONValue.integer(.max)) == .number(0x1p63))
  #expect(CellValue(JSONValue.single(0.5)) == .number(0.5))
  #expect(CellValue(JSONValue.string("02")) == .text("02"))
  let others: [JSONValue] = [.bool(true), .array([]), .numbers([1]), .object([])]
  #expect(others.compactMap { CellValue($0) }.isEmpty)
}

@Test func aStoredEncodingTreatsFilesAndJSONAlike() throws {
  let rows = try table("zip,age,kind\n01,30,a\n02,40.5,b\n")
  let fitted = try TableEncoding(
    fitting: Table(
      csv: Data("zip,age,kind\n01,30,a\n02,40.5,b\n".utf8), source: "x", asText: ["zip"]),
    target: "kind", categorical: ["zip"])
  let encoding = try JSONDecoder().decode(
    TableEncoding.self, from: JSONEncoder().encode(fitted))
  #expect(encoding == fitted)
  #expect(rows.rowCount == 2)
  let cells: [[String: CellValue]] = [["age": 40.5, "zip": "02"]]
  let fromJSON = try encoding.encode(cells)
  #expect(try fromJSON.array(of: Float.self) == [0, 1, 40.5])
  try withTemporaryFolder { folder in
    let file = folder.appendingPathComponent("row.csv")
    try Data("age,zip\n40.5,02\n".utf8).write(to: file)
    #expect(try encoding.encode(encoding.table(at: file)) == fromJSON)
    try Data("age,zip\n40.5,03\n".utf8).write(to: file)
    #expect(
      message { _ = try encoding.encode(encoding.table(at: file)) }.hasPrefix(
        "row.csv:2: column 'zip'"))
    try Data("age\n1\n".utf8).write(to: file)
    #expect(
      message { _ = try encoding.encode(encoding.table(at: file)) }
        .hasPrefix("row.csv: there is no column 'zip'."))
  }
  #expect(
    message { _ = try encoding.encode([["zip": "01", "age": "old"]]) }
      .hasPrefix("request, row 1: column 'age' holds text where a number is expected."))
  #expect(
    message { _ = try encoding.encode([["zip": "01", "age": 3], ["zip": "01"]]) }
      .hasPrefix("request, row 2: column 'age' has no value."))
  #expect(
    message { _ = try encoding.encode([["zip": "01", "aeg": 3]]) }
      == "request: there is no column 'aeg'. Did you mean 'age'?")
  #expect(
    message { _ = try encoding.encode([["zip": "01", "age": 1e300]]) }
      .contains("beyond the range of Float32"))
}

@Test func textInANumberColumnIsNamedWithFileAndLine() throws {
  let lines = (1...20).map { $0 == 15 ? "x,\($0)" : "\($0),\($0)" }
  let rows = try table("pixel,label\n" + lines.joined(separator: "\n"))
  #expect(
    message { _ = try TableEncoding(fitting: rows, target: "label") }
      == "rows.csv:16: column 'pixel' holds text where a number is expected. "
      + "Correct the value, or declare the column as categorical.")
  let forced = try TableEncoding(fitting: rows, target: "label", categorical: ["pixel"])
  #expect(forced.width == 20)
}

@Test func missingCellsAreErrorsUnlessImputed() throws {
  let rows = try table("a,b\n1,x\n,y\n")
  let encoding = try TableEncoding(fitting: rows, target: "b")
  #expect(
    message { _ = try encoding.dataset(from: rows) }
      == "rows.csv:3: column 'a' has no value. "
      + "Fill it in, remove the row, or choose an imputation for features.")
  #expect(
    message { _ = try TableEncoding(fitting: rows, target: "a", missing: .mean) }
      .hasPrefix("rows.csv:3: column 'a' has no value."))
  let empty = try table("a,b\n,1\n,2\n")
  #expect(
    message { _ = try TableEncoding(fitting: empty, target: "b", missing: .mean) }
      == "rows.csv: column 'a' has no value in the rows to be fitted. Leave it out.")
}

@Test func theTargetDecidesTheTask() throws {
  let rows = try table("a,whole,real,text\n1,3,0.5,x\n2,1,1,y\n3,3,2,x\n")
  func targets(_ name: String, _ task: TableEncoding.Task = .automatic) throws -> Dataset.Targets? {
    try TableEncoding(fitting: rows, target: name, features: ["a"], task: task)
      .dataset(from: rows).target
  }
  #expect(try targets("whole") == .classes([1, 0, 1], labels: ["1", "3"]))
  #expect(try targets("whole", .regression) == .values([3, 1, 3]))
  #expect(try targets("real") == .values([0.5, 1, 2]))
  #expect(try targets("text") == .classes([0, 1, 0], labels: ["x", "y"]))
  #expect(
    message { _ = try targets("text", .regression) }
      .hasPrefix("rows.csv:2: column 'text' holds text where a number is expected."))
}

@Test func aRowOfPixelsBecomesAPicture() throws {
  let digits = try Dataset.csv(at: digitsFile, target: "label", shape: [8, 8, 1])
  #expect(digits.signature.map(\.shape) == [[8, 8, 1]])
  #expect(digits.count == 1797)
  #expect(try digits.classCounts == Expected.load().digits.classes)
  let sum = try digits.features[0].values.array(of: Float.self).reduce(0) { $0 + Double($1) }
  #expect(try sum == Expected.load().digits.sum)
  #expect(
    message { _ = try Dataset.csv(at: digitsFile, target: "label", shape: [8, 9, 1]) }
      == "The data set is inconsistent: the shape [8, 9, 1] holds 72 values, "
      + "but a row of digits.csv.gz has 64.")
}

@Test(
  .enabled(
    if: hasShared("tabular/titanic.csv"),
    "No licence is stated for the passenger list; it is read where it lies beside the repository."))
func theTitanicIsEncodedWithItsMissingValues() throws {
  let file = sharedData.appendingPathComponent("tabular/titanic.csv")
  let rows = try Table(at: file)
  #expect(try rows.column("age").missingCount == 177)
  #expect(try rows.column("embarked").missingCount == 2)
  let data = try Dataset.csv(
    at: file, target: "survived", features: ["pclass", "sex", "age", "embarked"],
    categorical: ["pclass"], missing: .mostFrequent)
  #expect(data.encoding?.width == 3 + 2 + 1 + 3)
  #expect(data.classCounts == [549, 342])
}
