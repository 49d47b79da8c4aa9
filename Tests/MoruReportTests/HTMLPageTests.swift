import Foundation
import FoundationXML
import MoruReport
import Testing

private let hostile = "</style></script><script>alert(1)</script><b onload=\"x\">'&amp;\u{0}불량"

/// A page with one block of each kind, all of whose texts are hostile.
private let fullPage = HTMLPage(
  title: hostile, language: "ko\"><script>",
  lead: [.figures([(name: hostile, value: hostile)])],
  sections: [
    .init(hostile, [.paragraph(hostile), .heading(hostile), .list([hostile])]),
    .init(
      "표",
      [
        .table(
          HTMLTable(
            [hostile, "수"],
            rows: [
              [.text(hostile), "1"], [.marked(hostile, .bad), .marked("2", .good)],
              [.picture(HTMLPicture(png: Data([1, 2]), caption: hostile))],
            ], caption: hostile)),
        .preformatted("a\n  \(hostile)"), .note(.warning, hostile, detail: hostile),
      ]),
    .init(
      "그림",
      [
        .chart(BarChart(title: hostile, bars: [.init(label: hostile, count: 3)])),
        .pictures([HTMLPicture(png: Data([3]), caption: hostile)]),
        .details(hostile, [.paragraph(hostile)]),
      ]),
  ])

@Test func textsOfAPageAreNeverMarkup() throws {
  let html = fullPage.html()
  #expect(!html.contains("<script") && !html.contains("<b onload") && !html.contains("\u{0}"))
  #expect(html.components(separatedBy: "</style>").count == 2)
  #expect(html.contains("&lt;b onload=&quot;x&quot;&gt;'&amp;amp;\u{FFFD}불량"))
}

@Test func everyElementOfAPageIsClosed() throws {
  // The body is XML but for `<br>`, `<img>`, and the document's head.
  let html = fullPage.html()
  let start = try #require(html.range(of: "<body>"))
  let end = try #require(html.range(of: "</body>"))
  let body = html[start.lowerBound..<end.upperBound].replacing("<br>", with: "<br/>")
    .replacing(#/<img ([^>]*)>/#) { "<img \($0.output.1)/>" }
  let parser = XMLParser(data: Data(body.utf8))
  #expect(parser.parse(), "\(String(describing: parser.parserError))")
}

@Test func aPageLoadsNothingFromElsewhere() {
  let html = fullPage.html()
  #expect(!html.contains("<link") && !html.contains("url("))
  #expect(html.contains("default-src 'none'"))
  let sources = html.matches(of: #/(src|href)="([^"]*)"/#).map { $0.output.2 }
  #expect(
    sources.allSatisfy { $0.hasPrefix("data:image/png;base64,") || $0.hasPrefix("#section-") })
  #expect(sources.count == 5)
}

@Test func aPageOfFewSectionsHasNoListOfContents() {
  #expect(fullPage.html().contains("<nav>"))
  let short = HTMLPage(title: "t", sections: [.init("a", []), .init("b", [])])
  #expect(!short.html().contains("<nav>"))
  #expect(short.html().contains("<html lang=\"en\">"))
}

@Test func numbersStandToTheRight() {
  let table = HTMLTable(["name", "kind", "count"], rows: [["a", "b", "3"]], textColumns: 2)
  let html = HTMLPage(title: "t", lead: [.table(table)]).html()
  #expect(html.contains("<td>a</td><td>b</td><td class=\"number\">3</td>"))
}

@Test func aPageIsWrittenWhole() throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "보고서-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appending(path: "검사 결과.html")
  try fullPage.write(to: file)
  try HTMLPage(title: "새 쪽").write(to: file)
  #expect(try String(contentsOf: file, encoding: .utf8) == HTMLPage(title: "새 쪽").html())
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["검사 결과.html"])
}

@Test func wordsAreFlushLeftAndNumbersFlushRight() {
  let table = HTMLTable(
    ["sample", "sure", "이름", "항구"],
    rows: [["a.csv:2", "0.9646", "Dahl, Mr. Karl", "S"], ["a.csv:3", "–", "", "–"]])
  let html = HTMLPage(title: "t", sections: [.init("s", [.table(table)])]).html()
  #expect(html.contains("<th scope=\"col\" class=\"number\">sure</th>"))
  #expect(html.contains("<td class=\"number\">0.9646</td>"))
  #expect(html.contains("<th scope=\"col\">이름</th><th scope=\"col\">항구</th>"))
  #expect(html.contains("<td>Dahl, Mr. Karl</td><td>S</td>"))
}

@Test func commandsInANoteAreCode() {
  let note = HTMLBlock.note(
    .warning, "`a<b` grows", detail: "`moru data clean` does it; not `this.")
  let html = HTMLPage(title: "t", sections: [.init("s", [note])]).html()
  #expect(html.contains("<code>a&lt;b</code> grows</b>"))
  #expect(html.contains("`moru data clean` does it; not `this."), "an accent has no partner")
}
