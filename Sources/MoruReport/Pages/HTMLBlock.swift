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

  /// A text in a box that says how serious it is; what stands between grave accents in it is code.
  ///
  /// - Parameter detail: What follows in plain ink: examples, or a next step.
  public static func note(_ level: Level, _ text: String, detail: String? = nil) -> HTMLBlock {
    let more = detail.map { "<br><span class=\"detail\">\($0.escapedWithCode)</span>" } ?? ""
    return HTMLBlock(
      html: "<p class=\"note \(level.rawValue)\"><b><span class=\"sign\">\(level.sign)</span>"
        + "\(text.escapedWithCode)</b>\(more)</p>")
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
  /// How many of the first columns are texts, flush left; the others are numbers, flush right, unless a
  /// cell of theirs is no number.
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
    let areNumbers = heads.indices.map { $0 >= textColumns && !holdsWords($0) }
    let head = heads.enumerated().map { place, text in
      "<th scope=\"col\"\(Self.classes(areNumbers[place]))>\(text.escaped)</th>"
    }
    let body = rows.map { row in
      let cells = row.enumerated().map { place, cell in
        Self.element(cell, isNumber: areNumbers.indices.contains(place) && areNumbers[place])
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return """
      <div class="table"><table>\(caption.map { "<caption>\($0.escaped)</caption>" } ?? "")
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  /// Whether a cell of a column begins with a letter: a name or a word, which reads badly flush right.
  private func holdsWords(_ column: Int) -> Bool {
    rows.contains { row in
      guard row.indices.contains(column), case .text(let text) = row[column] else { return false }
      return text.first?.isLetter == true
    }
  }

  private static func element(_ cell: Cell, isNumber: Bool) -> String {
    switch cell {
    case .text(let text): "<td\(classes(isNumber))>\(text.escaped)</td>"
    case .marked(let text, let level):
      "<td\(classes(isNumber, level.rawValue))><span class=\"sign\">\(level.sign)</span>"
        + "\(text.escaped)</td>"
    case .picture(let picture): "<td\(classes(isNumber))>\(picture.html)</td>"
    }
  }

  private static func classes(_ isNumber: Bool, _ others: String...) -> String {
    let classes = (isNumber ? ["number"] : []) + others
    return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
  }
}

extension String {
  /// The text for a page, with what stands between grave accents as code.
  fileprivate var escapedWithCode: String {
    let parts = split(separator: "`", omittingEmptySubsequences: false).map { String($0).escaped }
    guard !parts.count.isMultiple(of: 2) else { return escaped }
    return parts.enumerated().map { place, part in
      place.isMultiple(of: 2) ? part : "<code>\(part)</code>"
    }.joined()
  }
}
