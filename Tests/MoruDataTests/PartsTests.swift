import Foundation
import MoruData
import MoruTensors
import Testing

@Suite("Parts of a data set") struct PartsTests {
  private let halves: [PartsPlan.Part] = [
    .init(name: "train", share: 0.6), .init(name: "validation", share: 0.2),
    .init(name: "test", share: 0.2),
  ]

  @Test("every part has its share of each class, and every sample is in one", arguments: [0, 1, 2])
  func shares(seed: UInt64) throws {
    let classes = [Int](repeating: 0, count: 100) + [Int](repeating: 1, count: 10)
    let plan = try PartsPlan(parts: halves, classes: classes, bundles: [], seed: Seed(seed))
    #expect(plan.members.joined().sorted() == Array(0..<110))
    #expect(plan.members.map { $0.count { classes[$0] == 1 } } == [6, 2, 2])
    #expect(plan.members.map(\.count) == [66, 22, 22])
    let other = try PartsPlan(parts: halves, classes: classes, bundles: [], seed: Seed(seed + 9))
    #expect(other.members != plan.members)
  }

  @Test("bundles stay whole, and the shares come out nearly", arguments: [0, 1, 2, 3])
  func bundles(seed: UInt64) throws {
    var generator = Seed(seed).generator
    let classes = (0..<600).map { _ in Int(generator.next() % 3) }
    var bundles: [[Int]] = []
    var start = 0
    while start < 500 {
      let size = Int(generator.next() % 30) + 2
      bundles.append(Array(start..<min(start + size, 500)))
      start += size
    }
    let plan = try PartsPlan(parts: halves, classes: classes, bundles: bundles, seed: Seed(seed))
    #expect(plan.members.joined().sorted() == Array(0..<600))
    for bundle in bundles {
      #expect(plan.members.count { !Set($0).isDisjoint(with: bundle) } == 1)
    }
    for (members, part) in zip(plan.members, halves) {
      #expect(abs(Double(members.count) / 600 - part.share) < 0.05)
    }
  }

  @Test("a part that would be empty is refused by name")
  func empty() {
    let error = #expect(throws: DataError.self) {
      try PartsPlan(parts: halves, classes: [0, 0, 0, 0], bundles: [[0, 1, 2, 3]], seed: 0)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("part would be empty"))
  }

  @Test("tables are cut with their rows as they stood, groups and near duplicates on one side")
  func table() throws {
    var rows = (0..<120).map { row in
      "\(row),\"길이, \(row)\",\(Double(row) * 1.1),로트\(row / 4),\(row % 6 == 0 ? "불량" : "양품")"
    }
    rows.append("121,\"길이, 7\",7.7000001,다른 로트,양품")
    let csv = "번호,이름,값,로트,판정\r\n" + rows.joined(separator: "\r\n")
    let file = FileManager.default.temporaryDirectory.appending(path: "부품-\(UUID()).csv")
    try Data(csv.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let split = try TableSplit(
      of: file, target: "판정", group: "로트", parts: halves, seed: 4)
    let tables = try zip(split.files, halves).map { try Table(csv: $0, source: $1.name) }
    #expect(tables.reduce(0) { $0 + $1.rowCount } == 121)
    let lots = try tables.map { table in
      let column = try table.column("로트")
      return Set((0..<table.rowCount).compactMap { column.text(at: $0) })
    }
    #expect(lots[0].isDisjoint(with: lots[1]) && lots[0].isDisjoint(with: lots[2]))
    #expect(lots[1].isDisjoint(with: lots[2]))
    let lines = split.files.flatMap {
      String(decoding: $0, as: UTF8.self).components(separatedBy: "\r\n").dropFirst()
        .filter { !$0.isEmpty }
    }
    #expect(lines.sorted() == rows.sorted())
    #expect(TablePartsCheck.findings(between: tables, target: "판정").isEmpty)
    for (label, counts) in split.classCounts {
      let total = counts.reduce(0, +)
      #expect(counts[2] >= total / 8 && counts[2] <= total / 3, "\(label): \(counts)")
    }
    #expect(throws: DataError.self) {
      try TableSplit(of: file, target: "판정", group: "롯트", parts: halves, seed: 4)
    }
  }
}
