import Foundation
import Moru

// What docs/sources.md shows, in its order. It makes the files that it reads.

let folder = FileManager.default.temporaryDirectory.appending(path: "moru-sources")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

let file = folder.appending(path: "공정.csv")
try "번호,온도,판정\n1,20.5,정상\n2,21\n3,35.25,불량\n4,20,정상\n".write(
  to: file, atomically: true, encoding: .utf8)
let table = try Table(at: file, as: TableFormat(damaged: .skip))
print(table.names, table.rowCount)  // ["번호", "온도", "판정"] 3
if let reading = table.reading { print(reading) }

let stream = try TableStream(at: file, rowsPerTable: 2, as: TableFormat(damaged: .skip))
print(stream.rowCount, stream.kinds)
for try await rows in stream { print(rows.rowCount) }  // 2, then 1

let lines = folder.appending(path: "공정.jsonl")
try #"{"온도": 20.5, "부품": {"번호": 7}}"#.write(to: lines, atomically: true, encoding: .utf8)
print(try Table(at: lines, as: TableFormat(nested: .flatten)).names)  // ["온도", "부품.번호"]

let array = folder.appending(path: "온도.npy")
try NumPy.data(HostTensor([20.5, 21, 35.25] as [Float])).write(to: array)
print(try NumPy.read(at: array))

let series = try Table(csv: Data("t\n1\n2\n3\n4\n5\n6\n".utf8), source: "series")
let train = try Dataset.windows(of: series, target: "t", window: 2, rows: 0..<4)
let test = try Dataset.windows(of: series, target: "t", window: 1, horizon: 1...1, rows: 4..<6)
print(train.count, test.count)  // 2 1
