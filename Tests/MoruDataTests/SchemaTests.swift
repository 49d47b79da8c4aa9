import Foundation
import MoruData
import MoruTensors
import Testing

@Suite("Schemas") struct SchemaTests {
  private func table(_ csv: String, asText: Set<String> = []) throws -> Table {
    try Table(csv: Data(csv.utf8), source: "새것.csv", asText: asText)
  }

  /// Rows of a number column, a category column and a serial number.
  private func rows(
    _ count: Int, seed: UInt64, shift: Double = 0, cities: [String] = ["서울", "부산"]
  ) -> String {
    var generator = Seed(seed).generator
    return (0..<count).map { row in
      "\(row + 1),\(10 * generator.uniform() + shift),\(cities[Int(generator.next() % UInt64(cities.count))])"
    }.joined(separator: "\n")
  }

  private let head = "번호,온도,도시\n"

  @Test("data keep the schema that was inferred from them, and so do others like them")
  func keeps() throws {
    let good = try table(head + rows(400, seed: 1))
    let schema = DataSchema(inferredFrom: good)
    #expect(schema.columns.map(\.type) == [.whole, .real, .category])
    #expect(schema.columns[0].unique && schema.columns[0].maximum == nil)
    #expect(schema.findings(in: good).isEmpty)
    for seed in 2..<8 {
      #expect(schema.findings(in: try table(head + rows(200, seed: UInt64(seed)))).isEmpty)
    }
  }

  @Test("broken rules name column, line and next step")
  func broken() throws {
    let schema = DataSchema(inferredFrom: try table(head + rows(400, seed: 1)))
    let bad = try table(
      "번호,온도,새 칸\n1,5.5,a\n1,99,b\n3.5,,c\n4,-70,d\n", asText: ["새 칸"])
    let found = schema.findings(in: bad)
    func finding(_ kind: Finding.Kind) throws -> Finding {
      try #require(found.first { $0.kind == kind }, "\(kind)")
    }
    #expect(try finding(.missingColumn).columns == ["도시"])
    #expect(try finding(.unknownColumn).columns == ["새 칸"])
    #expect(try finding(.wrongType).examples == ["새것.csv:4: '3.5'"])
    #expect(try finding(.repeatedValues).examples == ["새것.csv:3: '1'"])
    #expect(try finding(.outOfRange).examples == ["새것.csv:3: '99'", "새것.csv:5: '-70'"])
    #expect(try finding(.missingRate).examples == ["새것.csv:4"])
    #expect(found.allSatisfy { $0.advice.hasSuffix(".") })
    let texts = schema.findings(in: try table("번호,온도,도시\n1,따뜻,서울\n2,3,서울 \n"))
    #expect(texts.first { $0.kind == .wrongType }?.examples == ["새것.csv:2: '따뜻'"])
    let unseen = try #require(texts.first { $0.kind == .unseenCategories })
    #expect(unseen.examples == ["새것.csv:3: '서울 '"] && unseen.advice.contains("known one"))
  }

  @Test("drift of numbers and categories is found when it is large and not by chance")
  func drift() throws {
    let schema = DataSchema(inferredFrom: try table(head + rows(400, seed: 1)))
    func kinds(_ csv: String) throws -> [String] {
      schema.findings(in: try table(csv)).map { "\($0.kind.rawValue) \($0.columns[0])" }
    }
    #expect(try kinds(head + rows(200, seed: 2, shift: 2)).contains("drift 온도"))
    // Six rows prove nothing.
    #expect(try kinds(head + rows(6, seed: 2, shift: 1)).isEmpty)
    let cities = try kinds(head + rows(200, seed: 3, cities: ["서울", "서울", "서울", "서울", "서울", "부산"]))
    #expect(cities == ["drift 도시"])
  }

  @Test("a constant, an empty and a single-row column have schemas that they keep")
  func oddColumns() throws {
    let odd = try table("상수,빈칸,글\n1,,하나\n")
    #expect(DataSchema(inferredFrom: odd).findings(in: odd).isEmpty)
    let codes = DataSchema(inferredFrom: try table("합격\n0\n1\n1\n0\n"))
    #expect(codes.findings(in: try table("합격\n2\n")).map(\.kind) == [.outOfRange])
  }
}
