import Foundation
import MoruData
import MoruTensors
import Testing

@Suite("Cleaning") struct CleaningTests {
  private let manager = FileManager.default

  private func folder() throws -> URL {
    let url = manager.temporaryDirectory.appending(path: "정리-\(UUID())")
    try manager.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  private func clean(
    _ text: String, target: String? = nil, with others: Set<CleaningStep> = []
  ) throws -> TableCleaning {
    let folder = try folder()
    defer { try? manager.removeItem(at: folder) }
    let file = folder.appending(path: "원본.csv")
    try Data(text.utf8).write(to: file)
    let cleaning = try TableCleaning(
      of: file, target: target, steps: Set(CleaningStep.usual).union(others), output: "새.csv")
    #expect(try Data(contentsOf: file) == Data(text.utf8), "the source stays")
    // What comes back is the original, byte for byte, through the journal's written form.
    let journal = try JSONDecoder().decode(
      CleaningJournal.self, from: JSONEncoder().encode(cleaning.journal))
    #expect(try TableCleaning.original(from: cleaning.bytes, journal) == Data(text.utf8))
    return cleaning
  }

  private func text(_ cleaning: TableCleaning) -> String {
    String(decoding: cleaning.bytes, as: UTF8.self)
  }

  @Test("every step is done, written down and taken back")
  func steps() throws {
    let cleaning = try clean(
      """
      번호,도시,금액,상수,판정
      1,서울,"1,000원",A,양품
      2, 서울,"2,000원",A,양품

      3,"Seoul",3000,A,불량
      4,seoul,"4,500원",A,불량
      5,Seoul,１２,A,양품,남는 칸
      3,Seoul,3000,A,불량
      6,부산,12,A,양품
      6,부산,12,A,불량
      """, target: "판정")
    #expect(
      text(cleaning) == """
        번호,도시,금액,판정
        1,서울,1000,양품
        2,서울,2000,양품

        3,"Seoul",3000,불량
        4,Seoul,4500,불량

        """)
    let journal = cleaning.journal
    #expect(journal.countBefore == 8 && journal.countAfter == 4)
    #expect(journal.columns.map(\.name) == ["상수"])
    #expect(journal.rows.map(\.step) == [.damagedRows, .conflicts, .conflicts, .duplicates])
    #expect(journal.rows.map(\.line) == [7, 9, 10, 8])
    #expect(journal.rows[3].reason == "equal to line 5")
    let trimmed = try #require(journal.cells.first { $0.step == .trim })
    #expect(trimmed.old == " 서울" && trimmed.new == "서울" && trimmed.line == 3)
  }

  @Test("words for no value and outliers are changed only if asked")
  func optional() throws {
    let rows = (1...20).map { "\(Double($0) + 0.5),\($0 % 2 == 0 ? "없음" : "긁힘")" }
    let csv = "길이,결함\n" + rows.joined(separator: "\n") + "\n900.5,긁힘\n"
    #expect(text(try clean(csv)) == csv)
    let asked = try clean(csv, with: [.missingWords, .clipOutliers])
    #expect(!text(asked).contains("없음") && !text(asked).contains("900.5"))
    #expect(asked.journal.counts.map(\.count) == [10, 1])
    // Of the target no word is taken for missing.
    #expect(text(try clean(csv, target: "결함", with: [.missingWords])) == csv)
  }

  @Test(
    "marks, line ends, quotes and blank lines come back as they were",
    arguments: [
      "\u{FEFF}a,b\r\n1,x \r\n\r\n2,\"y\"\"z\"\r\n1,x \r\n", "a,b\n1, x\n1, x",
      "\n\na,b\r1,x\r1,x\r",
      "a,b\n\"1\n2\", q\n,\n", "a\n1\n1\n1\n", "a,b\n1,2,3\n4\n5, 6\n",
      "a,b\n\"NA\",x\nna ,x\nna,y\n\"NA\",y\n",
    ])
  func bytes(csv: String) throws { _ = try clean(csv) }

  @Test("tables in CP949 are cleaned in CP949, and come back with the bytes that are no text")
  func korean() throws {
    let folder = try folder()
    defer { try? manager.removeItem(at: folder) }
    let file = folder.appending(path: "한글.csv")
    func cp949(_ text: String) throws -> Data {
      // Every syllable of these is in the fixture's encoding.
      try #require(text.data(using: String.Encoding(rawValue: 0x8000_0422)))
    }
    let text =
      "이름,도시,상수,판정\n똠방각하, 서울 ,같음,양품\n펲시콜라,서울,같음,양품\n김,부산,같음,불량\n김,부산,같음,불량\n"
    var bytes = try cp949(text)
    bytes += [0xC1, 0xFF] + Data(",x,y,z\n".utf8)
    try bytes.write(to: file)
    let cleaning = try TableCleaning(
      of: file, target: "판정", steps: Set(CleaningStep.usual), output: "새.csv")
    #expect(
      try cleaning.bytes == cp949("이름,도시,판정\n똠방각하,서울,양품\n펲시콜라,서울,양품\n김,부산,불량\n"))
    let journal = try JSONDecoder().decode(
      CleaningJournal.self, from: JSONEncoder().encode(cleaning.journal))
    #expect(journal.encoding == .cp949)
    #expect(journal.cells.map(\.old) == [" 서울 "] && journal.columns.map(\.head) == ["상수"])
    #expect(journal.rows.map(\.reason).contains("the text is not CP949"))
    #expect(try TableCleaning.original(from: cleaning.bytes, journal) == bytes)
  }

  @Test("rows of bytes that are no text, or 0, and of quotation marks that do not fit go out")
  func noText() throws {
    let folder = try folder()
    defer { try? manager.removeItem(at: folder) }
    let file = folder.appending(path: "원본.csv")
    let bytes =
      Data("이름,값\n가,1\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A, 0x61, 0x2C, 0x00, 0x0A]
      + Data("\"나\"다,2\n\"라,3\n".utf8)
    try bytes.write(to: file)
    let cleaning = try TableCleaning(
      of: file, target: nil, steps: [.damagedRows], output: "새.csv")
    #expect(cleaning.bytes == Data("이름,값\n가,1\n".utf8))
    #expect(
      cleaning.journal.rows.map(\.reason)
        == [
          "the text is not UTF-8", "a byte is 0, which no text holds",
          "field 1 has text after its closing quotation mark",
          "field 1 begins with a quotation mark that is never closed",
        ])
    #expect(try TableCleaning.original(from: cleaning.bytes, cleaning.journal) == bytes)
  }

  @Test("many random tables come back as they were")
  func random() throws {
    var generator = Seed(9).generator
    let words = [
      "", "a", "A ", " a", "\"x,1\"", "1", "2.5", "1,5", "１", "NA", "-", "\"q\"\"\"", "나",
    ]
    for _ in 0..<200 {
      let width = Int(generator.next() % 4) + 1
      let lines = (0..<Int(generator.next() % 12) + 1).map { _ in
        (0..<width).map { _ in words[Int(generator.next() % UInt64(words.count))] }
          .joined(separator: ",")
      }
      let end = ["\n", "\r\n"][Int(generator.next() % 2)]
      let head = (0..<width).map { "c\($0)" }.joined(separator: ",")
      let csv =
        ([head, "1" + String(repeating: ",z", count: width - 1)] + lines)
        .joined(separator: end) + (generator.next() % 2 == 0 ? end : "")
      _ = try clean(
        csv, target: width > 1 ? "c0" : nil, with: Set(CleaningStep.allCases))
    }
  }

  @Test("a copy that was edited is refused")
  func edited() throws {
    let cleaning = try clean("a,b\n1, x\n2,y\n")
    #expect(throws: DataError.self) {
      try TableCleaning.original(from: cleaning.bytes + Data("3,z\n".utf8), cleaning.journal)
    }
  }

  @Test("pictures are put aside and come back")
  func pictures() throws {
    let folder = try folder()
    defer { try? manager.removeItem(at: folder) }
    let root = folder.appending(path: "사진")
    func png(_ value: UInt8) throws -> Data {
      try ImageFile.pngData(
        HostTensor(shape: [6, 6, 1]) { (target: UnsafeMutableBufferPointer<UInt8>) in
          for place in 0..<36 { target.initializeElement(at: place, to: value &* UInt8(place)) }
        })
    }
    let files = [
      "양품/1.png": try png(1), "양품/2.png": try png(1), "양품/3.png": try png(3),
      "불량/가.png": try png(5), "불량/나.png": try png(7), "양품/다.png": try png(7),
      "불량/깨진 것.png": Data(try png(9).prefix(40)), "메모.txt": Data("메모".utf8),
    ]
    for (path, data) in files {
      let url = root.appending(path: path)
      try manager.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
    func content(_ root: URL) throws -> [String: Data] {
      let paths = try manager.subpathsOfDirectory(atPath: root.path)
      return try Dictionary(
        uniqueKeysWithValues: paths.filter {
          var isFolder: ObjCBool = false
          _ = manager.fileExists(atPath: root.appending(path: $0).path, isDirectory: &isFolder)
          return !isFolder.boolValue
        }.map { ($0, try Data(contentsOf: root.appending(path: $0))) })
    }
    let cleaning = try PictureCleaning(
      of: root, steps: Set(CleaningStep.usual), output: "깨끗한 사진")
    #expect(
      cleaning.journal.pictures.map { "\($0.path) \($0.step.rawValue)" } == [
        "불량/깨진 것.png unreadable", "불량/나.png conflicts", "양품/2.png duplicates",
        "양품/다.png conflicts",
      ])
    let cleaned = folder.appending(path: "깨끗한 사진")
    try cleaning.write(from: root, to: cleaned)
    #expect(try content(root) == files, "the source stays")
    #expect(try ImageFolder(at: cleaned).items.map(\.name) == ["불량/가.png", "양품/1.png", "양품/3.png"])
    let back = folder.appending(path: "되돌린 것")
    try PictureCleaning.restore(from: cleaned, to: back, cleaning.journal)
    #expect(try content(back) == files)
    try manager.removeItem(at: cleaned.appending(path: ".removed/양품/2.png"))
    #expect(throws: DataError.self) {
      try PictureCleaning.restore(
        from: cleaned, to: folder.appending(path: "또"), cleaning.journal)
    }
  }
}
