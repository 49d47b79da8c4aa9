import Foundation
import MoruData
import MoruTensors
import Testing

private func profile(_ csv: String, target: String? = nil) throws -> DataProfile {
  try DataProfile(Table(csv: Data(csv.utf8), source: "공정.csv"), target: target)
}

private func kinds(_ profile: DataProfile) -> Set<Finding.Kind> {
  Set(profile.findings.map(\.kind))
}

extension DataProfile {
  fileprivate func finding(
    _ kind: Finding.Kind, _ column: String? = nil
  ) throws -> Finding {
    try #require(
      findings.first { $0.kind == kind && (column == nil || $0.columns.first == column) },
      "\(kind) is not among \(findings.map(\.kind))")
  }
}

@Suite("Findings in tables") struct FindingTests {
  @Test("clean data give none")
  func clean() throws {
    let rows = (0..<60).map { "\(Double($0 * 7 % 60) + 0.5),\(["가", "나"][$0 % 2]),\($0 * 13 % 7)" }
    #expect(try profile("길이,종류,수\n" + rows.joined(separator: "\n")).findings.isEmpty)
  }

  @Test("every finding says where, and what to do")
  func wording() throws {
    let found = try profile(
      """
      도시,온도,상수,빈칸,판정
      서울,1.5,1,,양품
      서울 ,2.5,1,,불량
      seoul,-,1,,양품
      Seoul,3.5,1,,양품
      서울,1.5,1,,불량
      """, target: "판정")
    for finding in found.findings {
      #expect(!finding.message.isEmpty && finding.advice.hasSuffix("."))
      #expect(finding.count > 0)
    }
    let variants = try found.finding(.categoryVariants)
    #expect(variants.message.contains("'서울' = '서울 '") && variants.message.contains("'seoul'"))
    #expect(variants.examples.contains("공정.csv:3: '서울 '"))
    #expect(try found.finding(.constantColumn).columns == ["상수"])
    #expect(try found.finding(.emptyColumn).columns == ["빈칸"])
    #expect(try found.finding(.missingWords).examples == ["공정.csv:4: '-'"])
    let conflict = try found.finding(.labelConflicts)
    #expect(conflict.examples == ["공정.csv:2: '양품', 공정.csv:6: '불량'"])
    #expect(found.findings.first?.severity == .problem)
  }

  @Test("numbers for people, dates and full-width digits are told from text")
  func forms() throws {
    let rows = (1...30).map { row in
      "\"\(row),000원\",2024-0\(1 + row % 9)-1\(row % 10),\(2024_0101 + row % 20),"
        + (row == 7 ? "１２" : "\(row % 5)") + "," + (row == 9 ? "모름?" : "\(row)")
    }
    let found = try profile("금액,날,수날,호기,혼합\n" + rows.joined(separator: "\n"))
    #expect(try found.finding(.numbersAsText, "금액").examples.first == "공정.csv:2: '1,000원'")
    #expect(try found.finding(.datesAsText, "날").count == 30)
    #expect(try found.finding(.datesAsText, "수날").message.contains("20240102"))
    #expect(try found.finding(.unusualCharacters, "호기").examples == ["공정.csv:8: '１２'"])
    #expect(try found.finding(.mixedTypes, "혼합").examples == ["공정.csv:10: '모름?'"])
  }

  @Test("a number far away is an outlier, and a row of odd combination is isolated")
  func outliers() throws {
    var generator = Seed(3).generator
    var rows = (0..<200).map { _ -> String in
      let x = generator.uniform()
      return "\(x),\(x + 0.05 * generator.uniform()),\(x - 0.05 * generator.uniform())"
    }
    rows[50] = "40.5,40.5,40.5"
    let found = try profile("가,나,다\n" + rows.joined(separator: "\n"))
    let outlier = try found.finding(.outliers, "가")
    #expect(outlier.count == 1 && outlier.examples == ["공정.csv:52: '40.5'"])
    #expect(try found.finding(.isolatedRows).examples.first?.hasPrefix("공정.csv:52: score") == true)
  }

  @Test("rows are nearly equal but for case, spaces, small differences and serial numbers")
  func nearDuplicates() throws {
    var rows = (1...40).map { "\($0),\(Double($0) * 1.37),도시\($0 % 7)" }
    rows.append("41,\(5 * 1.37 + 1e-7), 도시5")
    let found = try profile("번호,길이,도시\n" + rows.joined(separator: "\n"))
    let near = try found.finding(.nearDuplicates)
    #expect(near.count == 1 && near.examples == ["공정.csv:6 = 공정.csv:42"])
    #expect(!kinds(found).contains(.duplicates))
  }

  @Test("columns written after the outcome are suspected, good features are not")
  func leakage() throws {
    var generator = Seed(4).generator
    let rows = (0..<400).map { row -> String in
      let isBad = row % 5 == 0
      let good = generator.uniform() + (isBad ? 0.6 : 0)
      let code = isBad ? "E\(row % 3)" : ""
      return "\(good),\(code),\(isBad ? 3.5 : 0.5 + Double(row % 2)),\(isBad ? "불량" : "양품")"
    }
    let found = try profile("특징,불량코드,재작업시간,판정\n" + rows.joined(separator: "\n"), target: "판정")
    let suspects = found.findings.filter { $0.kind == .targetLeakage }.map { $0.columns[0] }
    #expect(suspects == ["불량코드", "재작업시간"])
    #expect(found.strengths.map(\.column).last == "특징")
    let numeric = (0..<200).map { "\(Double($0 % 97)),\(2 * Double($0 % 97) + 1.25),\($0 % 3)" }
    let regression = try profile("값,원인,다른\n" + numeric.joined(separator: "\n"), target: "값")
    #expect(try regression.finding(.targetLeakage).columns == ["원인", "값"])
  }

  @Test("rows in two tables are leaks, whatever their target says")
  func parts() throws {
    let train = try Table(csv: Data("가,나,y\n1,x,0\n2,y,1\n3,z,0\n".utf8), source: "train.csv")
    let test = try Table(
      csv: Data("나,가,y,새\n서,9,0,1\nZ ,3,1,2\nx,1,1,3\n".utf8), source: "test.csv")
    let found = TablePartsCheck.findings(between: [train, test], target: "y")
    let leak = try #require(found.first { $0.kind == .leakBetweenParts })
    #expect(leak.count == 2 && leak.message.contains("1 exactly"))
    #expect(leak.examples == ["train.csv:2 = test.csv:4"])
    #expect(found.first { $0.kind == .missingColumn }?.examples == ["train.csv has no '새'"])
    #expect(TablePartsCheck.findings(between: [train], target: "y").isEmpty)
  }

  @Test("a single row, one class, and empty classes are said so")
  func oddTables() throws {
    #expect(try profile("a,b\n1,x\n").findings.isEmpty)
    let one = try profile("a,y\n1.5,예\n2.5,예\n", target: "y")
    #expect(try one.finding(.classImbalance).message == "All samples are of class '예'.")
    let missing = try profile("a,y\n1.5,\n2.5,예\n", target: "y")
    #expect(try missing.finding(.missingTarget).examples == ["공정.csv:2"])
    #expect(throws: DataError.self) { try profile("a,b\n1,2\n", target: "c") }
  }

  @Test("the JSON has counts and findings side by side")
  func json() throws {
    let found = try profile("상수,b\n1,2\n1,3\n")
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(found))
    let fields = try #require(object as? [String: Any])
    #expect(fields["count"] as? Int == 2)
    let findings = try #require(fields["findings"] as? [[String: Any]])
    #expect(findings.first?["kind"] as? String == "constant_column")
  }
}

@Suite("Findings in pictures") struct PictureFindingTests {
  /// A picture of soft waves that a number decides.
  private func picture(
    _ number: Int, size: Int = 48, brightness: Double = 0
  ) -> HostTensor {
    var generator = Seed(UInt64(number)).generator
    let waves = (0..<6).map { _ in
      (generator.uniform() * 9 - 4.5, generator.uniform() * 9 - 4.5, generator.uniform() * 6)
    }
    return HostTensor(shape: [size, size, 3]) { (target: UnsafeMutableBufferPointer<UInt8>) in
      for place in 0..<size * size * 3 {
        let (x, y) = (
          Double(place / 3 % size) / Double(size), Double(place / 3 / size) / Double(size)
        )
        let sum = waves.reduce(0) { $0 + sin($1.0 * 6 * x + $1.1 * 6 * y + $1.2) }
        let value = 120 + 17 * sum + brightness
        target.initializeElement(at: place, to: UInt8(max(0, min(255, value))))
      }
    }
  }

  private func folder(_ files: [String: Data]) throws -> URL {
    let root = FileManager.default.temporaryDirectory.appending(path: "사진-\(UUID())")
    for (path, data) in files {
      let url = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
    return root
  }

  private func png(_ number: Int, size: Int = 48, brightness: Double = 0) throws -> Data {
    try ImageFile.pngData(picture(number, size: size, brightness: brightness))
  }

  @Test("equal, near, conflicting and leaking pictures are found in parts")
  func groups() throws {
    var files: [String: Data] = [:]
    for number in 0..<12 {
      files["train/양품/\(10 + number).png"] = try png(number)
      files["train/불량/\(10 + number).png"] = try png(100 + number)
      files["test/양품/\(10 + number).png"] = try png(200 + number)
    }
    files["train/양품/복사.png"] = try png(3)
    files["train/불량/작은.png"] = try png(105, size: 37)
    files["train/불량/밝은 양품.png"] = try png(7, brightness: 6)
    files["test/불량/새것.png"] = try png(301)
    files["test/양품/샌것.png"] = try png(9, size: 40, brightness: 3)
    let root = try folder(files)
    defer { try? FileManager.default.removeItem(at: root) }

    let parts = try PictureParts.find(at: root)
    #expect(parts.map(\.name) == ["test", "train"])
    let found = PictureInspection(folders: parts)
    let train = found.profiles[1]
    #expect(try train.finding(.duplicates).examples == ["양품/13.png = 양품/복사.png"])
    #expect(try train.finding(.labelConflicts).examples == ["불량/밝은 양품.png = 양품/17.png"])
    #expect(try train.finding(.nearDuplicates).count == 2)
    #expect(try train.finding(.oddSizes).examples == ["불량/작은.png: 37 × 37"])
    #expect(found.betweenParts.map(\.kind) == [.leakBetweenParts])
    #expect(found.betweenParts[0].examples == ["test/양품/샌것.png = train/양품/19.png"])
    #expect(found.groupsBetweenParts.count == 1 && !found.groupsBetweenParts[0].isEqual)
  }

  @Test("pictures that cannot be read and blank ones are named")
  func damaged() throws {
    let blank = HostTensor(shape: [20, 20, 1]) { (target: UnsafeMutableBufferPointer<UInt8>) in
      target.initialize(repeating: 77)
    }
    let root = try folder([
      "가/1.png": png(1), "가/2.png": Data(png(2).prefix(200)), "가/3.jpg": Data("글".utf8),
      "나/4.png": try ImageFile.pngData(blank),
    ])
    defer { try? FileManager.default.removeItem(at: root) }
    let found = PictureInspection(folders: try PictureParts.find(at: root)).profiles[0]
    let damaged = try found.finding(.unreadablePictures)
    #expect(damaged.count == 2 && damaged.examples[1].hasPrefix("가/3.jpg: this is no PNG"))
    #expect(try found.finding(.blankPictures).examples == ["나/4.png"])
    #expect(found.findings.contains { $0.kind == .mixedChannels })
    #expect(throws: DataError.self) { try DataReport(imagesAt: root) }
  }
}
