import Foundation
import FoundationXML
import MoruMetrics
import MoruReport
import Testing

/// The texts and element names of an SVG document, as an XML parser that we did not write sees it.
private final class Parsed: NSObject, XMLParserDelegate {
  private(set) var elements: [String: Int] = [:]
  private(set) var attributes: [(element: String, values: [String: String])] = []
  private(set) var texts: [String] = []
  private(set) var tooltips: [String] = []
  private var open: [(name: String, text: String)] = []

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse(), "not well-formed: \(String(describing: parser.parserError))")
  }

  func values(of attribute: String, in element: String) -> [Double] {
    attributes.filter { $0.element == element }
      .compactMap { $0.values[attribute].flatMap(Double.init) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes values: [String: String]
  ) {
    elements[name, default: 0] += 1
    attributes.append((name, values))
    open.append((name, ""))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let last = open.indices.last { open[last].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard let closed = open.popLast() else { return }
    if name == "text" { texts.append(closed.text) }
    if name == "title" { tooltips.append(closed.text) }
  }
}

private let hostile = "<b>\"A&B'\u{1B}\u{0}\u{FFFF}]]>불량</b>"
private let hostileShown = "<b>\"A&B'\u{FFFD}\u{FFFD}\u{FFFD}]]>불량</b>"

@Test func aLineChartShowsItsSeriesTicksAndMark() throws {
  let chart = LineChart(
    title: "Loss",
    series: [
      .init(name: "training", values: [0.9, 0.5, 0.3, 0.25]),
      .init(name: "validation", values: [0.8, 0.6, 0.5, 0.55]),
    ], marked: 3)
  let svg = try Parsed(chart.svg())
  for text in ["Loss", "training", "validation", "Epoch", "best: 3"] {
    #expect(svg.texts.contains(text))
  }
  for tick in ["0.2", "0.4", "0.6", "0.8", "1.0", "1", "2", "3", "4"] {
    #expect(svg.texts.contains(tick), "tick \(tick)")
  }
  #expect(svg.elements["polyline"] == 4)  // two lines, two samples in the legend
  #expect(svg.elements["circle"] == 8)
  #expect(svg.tooltips.contains("validation, epoch 3: 0.5"))
}

@Test func pointsLieWhereTheTicksSay() throws {
  let chart = LineChart(title: "t", series: [.init(name: "s", values: [0, 1, 2])])
  let svg = try Parsed(chart.svg())
  let x = svg.values(of: "cx", in: "circle")
  let y = svg.values(of: "cy", in: "circle")
  #expect(x.count == 3)
  #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.02)
  #expect(abs((y[0] - y[1]) - (y[1] - y[2])) < 0.02)
  #expect(y[0] > y[2], "larger values lie higher")
}

@Test(
  arguments: [
    [], [.nan, .infinity], [0.5], [0, 0, 0], [1, 1, 1], [-1e300, 1e300], [1e-300, 2e-300],
    [1e16, 1e16 + 2], [.nan, 3, .nan, 4, 5], [-0.0, -5], Array(repeating: 0.1, count: 500),
  ] as [[Double]])
func anyValuesGiveAWellFormedChart(values: [Double]) throws {
  let text = LineChart(title: "t", series: [.init(name: "s", values: values)], marked: 1).svg()
  #expect(!text.contains("nan") && !text.contains("inf"))
  let svg = try Parsed(text)
  let coordinates =
    svg.values(of: "cx", in: "circle") + svg.values(of: "cy", in: "circle")
    + svg.values(of: "y1", in: "line")
  #expect(coordinates.allSatisfy { (0...640).contains($0) })
  #expect(svg.texts.contains("no data") == !values.contains { abs($0) <= 1e150 })
}

@Test func aMissingValueLeavesAGap() throws {
  let chart = LineChart(title: "t", series: [.init(name: "s", values: [1, 2, .nan, 4, 5])])
  #expect(try Parsed(chart.svg()).elements["polyline"] == 3)  // two runs and the legend
}

@Test func aBandLiesBetweenItsEdgesAndLeavesGaps() throws {
  let chart = LineChart(
    title: "t", series: [.init(name: "예측", values: [1, 2, 3, .nan, 5, 6])],
    bands: [
      .init(name: "90 %", lower: [0, 1, 2, .nan, 4, .nan], upper: [2, 3, 4, .nan, 9, .infinity])
    ])
  let svg = try Parsed(chart.svg())
  #expect(svg.texts.contains("90 %"))
  // Three steps are an area; one alone is a line.
  #expect(svg.elements["polygon"] == 1)
  // The scale covers the band, which reaches higher than the line.
  #expect(svg.texts.contains("8"))
  let points = svg.attributes.first { $0.element == "polygon" }?.values["points"]
  #expect(points?.split(separator: " ").count == 6)
}

@Test func labelsOfManyPlacesAreWrittenWhereThereIsRoom() throws {
  let labels = (0..<60).map { "2024-\($0)" }
  let chart = LineChart(
    title: "t", labels: labels, series: [.init(name: "s", values: labels.map { _ in 1 })])
  let written = try Parsed(chart.svg()).texts.filter { $0.hasPrefix("2024-") }
  #expect((4...9).contains(written.count))
  #expect(written.first == "2024-0")
}

@Test(arguments: [0, -1, 4, .max])
func aMarkOutsideTheLinesIsNotDrawn(marked: Int) throws {
  let chart = LineChart(title: "t", series: [.init(name: "s", values: [1, 2, 3])], marked: marked)
  #expect(try !Parsed(chart.svg()).texts.contains { $0.hasPrefix("best") })
}

@Test func trainingCurvesShowAPanelForEachMetric() throws {
  let curves = TrainingCurves(
    title: "digits_cnn",
    panels: [
      .init(metric: "loss", training: [1, 0.5], validation: [0.9, 0.6]),
      .init(metric: "accuracy", training: [0.7, 0.9]),
    ], bestEpoch: 2)
  let svg = try Parsed(curves.svg())
  #expect(svg.texts.filter { $0 == "training" }.count == 2)
  #expect(svg.texts.filter { $0 == "validation" }.count == 1)
  #expect(svg.texts.filter { $0 == "best: 2" }.count == 2)
  #expect(svg.values(of: "width", in: "svg") == [880])
  #expect(try Parsed(TrainingCurves(title: "t", panels: []).svg()).texts == ["t"])
}

@Test func aConfusionMatrixChartWritesItsCounts() throws {
  let matrix = try ConfusionMatrix(
    counts: [[1234, 56, 0], [7, 89, 0], [0, 0, 0]], labels: ["양품", "scratch", "dent"])
  let svg = try Parsed(ConfusionMatrixChart(title: "Inspection", matrix: matrix).svg())
  for text in ["Inspection", "True", "Predicted", "1,234", "56", "7", "89"] {
    #expect(svg.texts.contains(text))
  }
  for label in matrix.labels {
    #expect(svg.texts.filter { $0 == label }.count == 2, "heads of \(label)")
  }
  #expect(svg.tooltips.contains("True scratch, predicted 양품: 7 (7.3 %)"))
}

@Test func inkOnEveryShadeIsReadable() throws {
  // Rows of 100 samples that walk through all shares, right and wrong.
  let matrix = try ConfusionMatrix(
    counts: (0...20).map { row in
      (0...20).map { column in
        column == row ? row * 5 : column == (row + 1) % 21 ? 100 - row * 5 : 0
      }
    }, labels: (0...20).map(String.init))
  let svg = try Parsed(ConfusionMatrixChart(title: "t", matrix: matrix).svg())
  var cell = ""
  var checked = 0
  for (element, values) in svg.attributes {
    if element == "rect" { cell = values["fill"] ?? "" }
    guard element == "text", values["text-anchor"] == "middle" else { continue }
    #expect(contrast(cell, values["fill"] ?? "") >= 4.5, "\(cell)")
    checked += 1
  }
  #expect(checked > 40)
}

/// The contrast of two colours by WCAG 2, 1…21.
private func contrast(_ first: String, _ second: String) -> Double {
  func luminance(_ hex: String) -> Double {
    let value = Int(hex.dropFirst(), radix: 16) ?? 0
    let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
  let pair = [luminance(first), luminance(second)].sorted()
  return (pair[1] + 0.05) / (pair[0] + 0.05)
}

@Test(arguments: [1, 2, 100, 1000])
func matricesOfAnySizeAreDrawn(classCount: Int) throws {
  let classes = Array(0..<classCount)
  let matrix = try ConfusionMatrix(
    truth: classes, predicted: classes.reversed(), labels: classes.map { "class \($0)" })
  let svg = try Parsed(ConfusionMatrixChart(title: "t", matrix: matrix).svg())
  let (width, height) = (
    svg.values(of: "width", in: "svg")[0], svg.values(of: "height", in: "svg")[0]
  )
  let rights = zip(svg.values(of: "x", in: "rect"), svg.values(of: "width", in: "rect")).map(+)
  let lows = zip(svg.values(of: "y", in: "rect"), svg.values(of: "height", in: "rect")).map(+)
  #expect(rights.allSatisfy { $0 <= width })
  #expect(lows.allSatisfy { $0 <= height })
}

@Test func aBarChartShowsCountsAndShares() throws {
  let chart = BarChart(
    title: "Classes", bars: [.init(label: "cat", count: 1500), .init(label: "개", count: 500)])
  let svg = try Parsed(chart.svg())
  for text in ["Classes", "cat", "개", "1,500 (75.0 %)", "500 (25.0 %)", "samples"] {
    #expect(svg.texts.contains(text), "\(text)")
  }
  let widths = svg.values(of: "width", in: "rect").dropFirst()  // after the card
  #expect(abs(widths[1] - 3 * widths[2]) < 0.05)
}

@Test(arguments: [[], [0], [-5, 3], [.max, .max], [1]])
func anyCountsGiveAWellFormedChart(counts: [Int]) throws {
  let bars = counts.map { BarChart.Bar(label: "x", count: $0) }
  let text = BarChart(title: "t", bars: bars).svg()
  #expect(!text.contains("nan") && !text.contains("inf"))
  #expect(try Parsed(text).values(of: "width", in: "rect").allSatisfy { $0 >= 0 })
}

@Test func labelsMayHoldAnything() throws {
  let matrix = try ConfusionMatrix(truth: [0], predicted: [0], labels: [hostile])
  for text in [
    LineChart(title: hostile, series: [.init(name: hostile, values: [1])]).svg(),
    ConfusionMatrixChart(title: hostile, matrix: matrix).svg(),
    BarChart(title: hostile, bars: [.init(label: hostile, count: 1)]).svg(),
  ] {
    #expect(try Parsed(text).texts.contains(hostileShown))
  }
}

@Test func aSmallChartIsDrawnAsBefore() {
  let chart = BarChart(title: "Balance", bars: [.init(label: "a & b", count: 2)])
  #expect(
    chart.svg() == """
      <svg xmlns="http://www.w3.org/2000/svg" width="640" height="140" viewBox="0 0 640 140" \
      role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'Noto Sans KR', \
      'Apple SD Gothic Neo', 'Malgun Gothic', 'Nanum Gothic', sans-serif">
      <title>Balance</title>
      <rect x="0.5" y="0.5" width="639" height="139" rx="10" fill="#ffffff" stroke="#d8dee6"/>
      <text x="24" y="36" font-size="18" fill="#1f2933" font-weight="600">Balance</text>
      <line x1="69.6" y1="56" x2="69.6" y2="86" stroke="#e8ecf1" stroke-width="1"/>
      <text x="69.6" y="102" font-size="11.5" fill="#5b6773" text-anchor="middle">0</text>
      <line x1="294.8" y1="56" x2="294.8" y2="86" stroke="#e8ecf1" stroke-width="1"/>
      <text x="294.8" y="102" font-size="11.5" fill="#5b6773" text-anchor="middle">1</text>
      <line x1="520" y1="56" x2="520" y2="86" stroke="#e8ecf1" stroke-width="1"/>
      <text x="520" y="102" font-size="11.5" fill="#5b6773" text-anchor="middle">2</text>
      <text x="294.8" y="122" font-size="12" fill="#5b6773" text-anchor="middle">samples</text>
      <rect x="69.6" y="60" width="450.4" height="20" fill="#0072b2" rx="3"/>
      <text x="59.6" y="74" font-size="12" fill="#1f2933" text-anchor="end">a &amp; b</text>
      <text x="528" y="74" font-size="12" fill="#5b6773">2 (100.0 %)</text>
      </svg>

      """)
}

@Test func scatterChartsPlaceTheirPointsAndLeaveOutWhatTheyCannot() throws {
  var chart = ScatterChart(
    title: "points", xTitle: hostile, yTitle: "y",
    series: [
      .init(name: "dots", points: [(0.01, 1), (0.1, 2), (1, 3), (.nan, 1), (0, 1)]),
      .init(name: "line", points: [(0.01, 3), (1, 1), (-1, 2)], isLine: true),
    ], isLogarithmic: true, marked: 0.1)
  let parsed = try Parsed(chart.svg())
  // Three dots and two of the legend.
  #expect(parsed.elements["circle"] == 5 && parsed.elements["polyline"] == 1)
  #expect(parsed.texts.contains(hostileShown) && parsed.texts.contains("0.01"))
  let dots = parsed.values(of: "cx", in: "circle").suffix(3)
  // A power of ten is the same way everywhere, and the greatest value lies at the right edge.
  let steps = zip(dots, dots.dropFirst()).map { $1 - $0 }
  #expect(abs(steps[0] - steps[1]) < 0.02 && dots.last == 616)

  chart.isLogarithmic = false
  #expect(try Parsed(chart.svg()).elements["circle"] == 6)
  chart.series = (0..<20).map { .init(name: "kind \($0)", points: [(Double($0), 0)]) }
  #expect(try Set(Parsed(chart.svg()).attributes.compactMap { $0.values["fill"] }).count > 20)
  chart.series = []
  #expect(try Parsed(chart.svg()).texts.contains("no data"))
}
