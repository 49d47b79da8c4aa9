import Foundation
import MoruData
import Testing

@Suite("Choosing the columns to learn from") struct FeatureChoiceTests {
  /// 60 rows: a name in each, a ticket that three share at most, a town of 30, a number, and nothing.
  private func passengers() throws -> Table {
    let rows = (0..<60).map { row in
      "승객 \(row),표 \(row * 2 / 3)번,시 \(row % 30),\(row % 7),,\(row % 2 == 0 ? "예" : "아니오")"
    }
    return try table("이름,표,도시,나이,빈칸,생존\n" + rows.joined(separator: "\n"))
  }

  @Test("texts that hardly repeat and columns without values are left out, and why is said")
  func leftOut() throws {
    let choice = try FeatureChoice(passengers(), target: "생존")
    #expect(choice.features == ["도시", "나이"])
    #expect(
      choice.leftOut.map { "\($0.name): \($0.reason)" } == [
        "이름: each of its 60 cells holds another text", "표: 40 different texts in 60 cells",
        "빈칸: no cell has a value",
      ])
  }

  @Test("what is named is learned from, and what is excluded is not")
  func named() throws {
    let rows = try passengers()
    #expect(
      try FeatureChoice(rows, target: "생존", features: ["이름", "빈칸"]).features == ["이름", "빈칸"])
    #expect(
      try FeatureChoice(rows, target: "생존", explained: ["표"]).features == ["표", "도시", "나이"])
    let excluded = try FeatureChoice(rows, target: "생존", exclude: ["나이"])
    #expect(excluded.features == ["도시"])
    #expect(excluded.leftOut[2].reason == "excluded, as asked for")
  }

  @Test("numbers among which a text stands are a mistake to be put right, not left out")
  func mistakes() throws {
    let rows = (0..<60).map { "\($0 == 9 ? "없음" : "\($0).5"),\($0 % 2)" }
    let mixed = try table("온도,판정\n" + rows.joined(separator: "\n"))
    #expect(try FeatureChoice(mixed, target: "판정").features == ["온도"])
    #expect(
      message { _ = try TableEncoding(fitting: mixed, target: "판정") }.hasPrefix("rows.csv:11: "))
    let few = try table("a,b\nx,0\ny,1\nz,0\n")
    #expect(try FeatureChoice(few, target: "b").features == ["a"], "three texts are categories")
  }

  @Test("what cannot be chosen is refused with the reason")
  func refusals() throws {
    let rows = try passengers()
    #expect(
      message { _ = try FeatureChoice(rows, target: "생존", exclude: ["나히"]) }
        .contains("Did you mean '나이'?"))
    #expect(
      message { _ = try FeatureChoice(rows, target: "생존", exclude: ["생존"]) }
        .contains("is the target, and cannot be excluded"))
    #expect(
      message { _ = try FeatureChoice(rows, target: "생존", exclude: ["표"], explained: ["표"]) }
        .contains("is excluded, and named as a feature as well"))
    #expect(
      message { _ = try FeatureChoice(rows, target: "생존", exclude: ["도시", "나이"]) }
        .contains("rows.csv has no column to learn from ('이름': each of its 60 cells"))
  }
}
