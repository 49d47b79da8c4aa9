import Foundation
import MoruData
import MoruTensors
import Testing

@Suite("Tables that are not kept in memory") struct TableScanTests {
  /// 3000 rows: a few kinds, a serial number, noise, missing cells, a conflict, and 200 repeated rows.
  private func rows() -> [String] {
    var generator = Seed(3).generator
    var rows = (0..<2800).map { row -> String in
      let size = row % 50 == 7 ? "" : "\(Double.random(in: 0..<9, using: &generator))"
      return "N\(row),\(["가", "나", "다"][row % 3]),\(size),1,\(row % 10 == 0 ? "불량" : "양품")"
    }
    rows += rows[100..<300]
    rows[2000] = rows[5].replacing("양품", with: "불량")
    return rows
  }

  private func write(_ rows: [String], _ folder: URL, _ name: String) throws -> URL {
    let file = folder.appending(path: name)
    try (["번호,종류,크기,상수,판정"] + rows).joined(separator: "\n")
      .write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test("counts are those of all rows, however many are drawn", arguments: [7, 512, 100_000])
  func counts(rowsPerTable: Int) throws {
    try withTemporaryFolder { folder in
      let file = try write(rows(), folder, "공정.csv")
      let whole = try DataProfile(Table(at: file), target: "판정")
      let scan = try TableScan(
        TableStream(at: file, rowsPerTable: rowsPerTable), target: "판정", rowLimit: 1000)
      #expect(scan.rowCount == 3000 && scan.drawn.rowCount == 1000)
      let profile = try DataProfile(scan, target: "판정")
      #expect(profile.report.drawnRows == 1000)
      #expect(!profile.report.areDuplicatesEstimated)
      #expect(profile.report.classes == whole.report.classes)
      #expect(profile.report.duplicates == whole.report.duplicates)
      #expect(profile.report.duplicates == 200)
      #expect(profile.report.labelConflicts == 1 && whole.report.labelConflicts == 1)
      for (found, exact) in zip(profile.report.columns, whole.report.columns) {
        #expect(found.name == exact.name && found.type == exact.type)
        #expect(found.missing == exact.missing && found.distinct == exact.distinct)
        #expect(found.minimum == exact.minimum && found.maximum == exact.maximum)
        #expect(abs((found.mean ?? 0) - (exact.mean ?? 0)) < 1e-9)
        #expect(found.isConstant == exact.isConstant && !found.isDistinctEstimated)
      }
      let kinds: [Finding.Kind] = [
        .constantColumn, .missingValues, .classImbalance, .duplicates, .labelConflicts,
      ]
      for kind in kinds {
        let found = try #require(profile.findings.first { $0.kind == kind })
        let exact = try #require(whole.findings.first { $0.kind == kind })
        #expect(found.count == exact.count && found.message == exact.message)
      }
    }
  }

  @Test("drawn rows are rows of the file, on their lines, and the same ones each time")
  func drawn() throws {
    try withTemporaryFolder { folder in
      let all = rows()
      let file = try write(all, folder, "공정.csv")
      let scan = try TableScan(TableStream(at: file, rowsPerTable: 700), rowLimit: 1000)
      let again = try TableScan(TableStream(at: file, rowsPerTable: 64), rowLimit: 1000)
      #expect("\(scan.drawn)" == "\(again.drawn)", "a missing number is not equal to itself")
      #expect(scan.drawn.columns.map(\.kind) == [.text, .text, .real, .whole, .text])
      for row in stride(from: 0, to: 1000, by: 97) {
        let place = scan.drawn.place(ofRow: row)
        let line = try #require(Int(place.dropFirst("공정.csv:".count)))
        let cells = scan.drawn.columns.map { $0.text(at: row) ?? "" }
        #expect(cells.joined(separator: ",") == all[line - 2])
      }
      let unique = try DataProfile(scan).findings.first { $0.kind == .uniqueColumn }
      #expect(unique == nil, "a serial number that 200 rows repeat is not unique")
    }
  }

  @Test("findings of drawn rows say so")
  func suffix() throws {
    try withTemporaryFolder { folder in
      let file = try write(rows().map { $0.replacing("나", with: " 나") }, folder, "공정.csv")
      let scan = try TableScan(TableStream(at: file), rowLimit: 1000)
      let found = try DataProfile(scan).findings.filter { $0.kind == .unusualCharacters }
      #expect(found.map(\.columns) == [["종류"]])
      #expect(found[0].message.hasSuffix(" (Of 1000 rows drawn from 3000.)"))
    }
  }

  @Test("what is too much to tell apart is estimated, and marked as such")
  func estimates() throws {
    try withTemporaryFolder { folder in
      // 120,000 different numbers, each twice: more than are told apart in a column.
      let file = folder.appending(path: "수.csv")
      let rows = (0..<240_000).map { "\($0 % 120_000)" }
      try ("수\n" + rows.joined(separator: "\n")).write(
        to: file, atomically: true, encoding: .utf8)
      let report = try DataProfile(TableScan(TableStream(at: file))).report
      let distinct = try #require(report.columns[0].distinct)
      #expect(report.columns[0].isDistinctEstimated)
      #expect(abs(distinct - 120_000) < 3_000, "\(distinct)")
      #expect(report.duplicates == 120_000 && !report.areDuplicatesEstimated)
      #expect("\(report)".contains("≈ \(distinct)"))
    }
  }

  @Test("damaged rows are a finding with their lines")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "공정.csv")
      try "a,b\n1,2\n3\n\"5,6\n7,8\n".write(to: file, atomically: true, encoding: .utf8)
      let format = TableFormat(damaged: .skip)
      let profiles = [
        try DataProfile(Table(at: file, as: format)),
        try DataProfile(TableScan(TableStream(at: file, as: format))),
      ]
      for profile in profiles {
        let found = try #require(profile.findings.first)
        #expect(found.kind == .damagedRows && found.severity == .problem && found.count == 2)
        #expect(found.message == "2 rows (50 %) are damaged and could not be read.")
        #expect(
          found.examples == [
            "공정.csv:3: 1 field where the header has 2",
            "공정.csv:4: field 1 begins with a quotation mark that is never closed",
          ])
      }
    }
  }

  @Test("rows are found in a file whose columns stand in another order, and are numbers by chance")
  func partsOfOtherKinds() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (folder.appending(path: "a.csv"), folder.appending(path: "b.csv"))
      try "code,y\n12,1\nx7,2\n13,3\n".write(to: first, atomically: true, encoding: .utf8)
      try "y,code\n1,12\n3,13\n4,13\n".write(to: second, atomically: true, encoding: .utf8)
      let scans = try [first, second].map { try TableScan(TableStream(at: $0), target: nil) }
      let found = TablePartsCheck.findings(between: scans)
      #expect(found.first?.message == "2 rows of equal features are in more than one part.")
    }
  }

  @Test("rows in two files are found")
  func parts() throws {
    try withTemporaryFolder { folder in
      let all = rows()
      let files = [
        try write(Array(all[..<2000]), folder, "학습.csv"),
        try write(Array(all[1990..<2800]), folder, "시험.csv"),
      ]
      let scans = try files.map { try TableScan(TableStream(at: $0), target: "판정") }
      let found = TablePartsCheck.findings(between: scans)
      #expect(found.map(\.kind) == [.leakBetweenParts])
      #expect(found.first?.message == "11 rows of equal features are in more than one part.")
      #expect(found.first?.examples.first == "학습.csv:7 = 시험.csv:12")
      let unknown = message { _ = try TableScan(TableStream(at: files[0]), target: "판단") }
      #expect(unknown.contains("Did you mean '판정'?"))
    }
  }
}
