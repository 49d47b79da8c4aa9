public import Foundation

/// A part of a page: a paragraph, a table, charts, pictures. Its texts are escaped.
public struct HTMLBlock: Sendable, Equatable {
  /// How serious something is; said by a word or sign beside the colour.
  public enum Level: String, Sendable, Equatable {
    case good, neutral, warning, bad

    /// What stands before the text, so that colour is not needed to tell levels apart.
    var sign: String {
      switch self {
      case .good: "✓"
      case .neutral: "·"
      case .warning: "!"
      case .bad: "✕"
      }
    }
  }

  /// The elements.
  let html: String

  /// A paragraph of plain text.
  public static func paragraph(_ text: String) -> HTMLBlock {
    HTMLBlock(html: "<p>\(text.escaped)</p>")
  }

  /// A heading within a section.
  public static func heading(_ text: String) -> HTMLBlock {
    HTMLBlock(html: "<h3>\(text.escaped)</h3>")
  }

  /// A text in a box that says how serious it is.
  ///
  /// - Parameter detail: What follows in plain ink: examples, or a next step.
  public static func note(_ level: Level, _ text: String, detail: String? = nil) -> HTMLBlock {
    let more = detail.map { "<br><span class=\"detail\">\($0.escaped)</span>" } ?? ""
    return HTMLBlock(
      html: "<p class=\"note \(level.rawValue)\"><b><span class=\"sign\">\(level.sign)</span>"
        + "\(text.escaped)</b>\(more)</p>")
  }

  /// Lines with bullets, of plain text.
  public static func list(_ lines: [String]) -> HTMLBlock {
    HTMLBlock(html: "<ul>\(lines.map { "<li>\($0.escaped)</li>" }.joined())</ul>")
  }

  /// Text in which every space and line break counts, such as a tree or rows of a file.
  public static func preformatted(_ text: String) -> HTMLBlock {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return HTMLBlock(html: "<pre>\(lines.map { String($0).escaped }.joined(separator: "\n"))</pre>")
  }

  /// Headline figures side by side, each a value above its name.
  public static func figures(_ figures: [(name: String, value: String)]) -> HTMLBlock {
    let cards = figures.map { figure in
      "<div><dd>\(figure.value.escaped)</dd><dt>\(figure.name.escaped)</dt></div>"
    }
    return HTMLBlock(html: "<dl class=\"figures\">\(cards.joined())</dl>")
  }

  /// A table; wide ones scroll by themselves.
  public static func table(_ table: HTMLTable) -> HTMLBlock { HTMLBlock(html: table.html) }

  /// Charts, as many side by side as the window holds.
  public static func charts(_ charts: [any Chart]) -> HTMLBlock {
    let figures = charts.map { "<figure>\($0.svg())</figure>" }
    return HTMLBlock(html: "<div class=\"charts\">\(figures.joined(separator: "\n"))</div>")
  }

  /// One chart.
  public static func chart(_ chart: some Chart) -> HTMLBlock { charts([chart]) }

  /// Pictures with a line below each, as many side by side as the window holds.
  public static func pictures(_ pictures: [HTMLPicture]) -> HTMLBlock {
    let figures = pictures.map { picture in
      "<figure>\(picture.html)<figcaption>\(picture.caption.escaped)</figcaption></figure>"
    }
    return HTMLBlock(html: "<div class=\"pictures\">\(figures.joined(separator: "\n"))</div>")
  }

  /// Blocks that show when their line is clicked on.
  public static func details(_ summary: String, _ blocks: [HTMLBlock]) -> HTMLBlock {
    HTMLBlock(
      html: "<details><summary>\(summary.escaped)</summary>\n"
        + blocks.map(\.html).joined(separator: "\n") + "\n</details>")
  }
}

/// A picture that stands in a page, with what it shows.
public struct HTMLPicture: Sendable, Equatable {
  /// The bytes of a PNG file.
  public var png: Data
  /// The line below it, and what screen readers announce.
  public var caption: String

  /// A picture with its line.
  public init(png: Data, caption: String) {
    self.png = png
    self.caption = caption
  }

  var html: String {
    "<img src=\"data:image/png;base64,\(png.base64EncodedString())\" alt=\"\(caption.escaped)\">"
  }
}

/// Rows of cells below a line of heads.
public struct HTMLTable: Sendable, Equatable {
  /// What stands in a cell.
  public enum Cell: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// Plain text.
    case text(String)
    /// Text whose cell says how serious it is.
    case marked(String, HTMLBlock.Level)
    /// A picture, small.
    case picture(HTMLPicture)

    public init(stringLiteral value: String) { self = .text(value) }
  }

  /// The heads of the columns.
  public var heads: [String]
  /// The rows; a short one ends in empty cells.
  public var rows: [[Cell]]
  /// How many of the first columns are texts, flush left; the others are numbers, flush right.
  public var textColumns: Int
  /// The line above the table; nil for none.
  public var caption: String?

  /// A table of cells.
  public init(
    _ heads: [String], rows: [[Cell]], textColumns: Int = 1, caption: String? = nil
  ) {
    self.heads = heads
    self.rows = rows
    self.textColumns = textColumns
    self.caption = caption
  }

  var html: String {
    let head = heads.enumerated().map { place, text in
      "<th scope=\"col\"\(alignment(place))>\(text.escaped)</th>"
    }
    let body = rows.map { row in
      "<tr>" + row.enumerated().map { element($0.offset, $0.element) }.joined() + "</tr>"
    }
    return """
      <div class="table"><table>\(caption.map { "<caption>\($0.escaped)</caption>" } ?? "")
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  private func element(_ place: Int, _ cell: Cell) -> String {
    switch cell {
    case .text(let text): "<td\(alignment(place))>\(text.escaped)</td>"
    case .marked(let text, let level):
      "<td\(alignment(place, level.rawValue))><span class=\"sign\">\(level.sign)</span>"
        + "\(text.escaped)</td>"
    case .picture(let picture): "<td\(alignment(place))>\(picture.html)</td>"
    }
  }

  private func alignment(_ place: Int, _ others: String...) -> String {
    let classes = (place < textColumns ? [] : ["number"]) + others
    return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
  }
}
