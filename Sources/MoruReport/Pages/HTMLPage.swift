public import Foundation
public import MoruArchive

/// A report as one HTML file: texts, tables, charts and pictures in sections, with its style inside
/// and nothing loaded from elsewhere. It follows the reader's light or dark setting.
///
/// Every text passes through one escape, so names and values may hold anything; scripts are refused
/// by the page's own policy.
public struct HTMLPage: Sendable, Equatable {
  /// A heading and what stands below it.
  public struct Section: Sendable, Equatable {
    /// The heading, also the entry in the list of contents.
    public var title: String
    /// What stands below it.
    public var blocks: [HTMLBlock]

    /// A section of blocks.
    public init(_ title: String, _ blocks: [HTMLBlock]) {
      self.title = title
      self.blocks = blocks
    }
  }

  /// The heading of the page and the name of its window.
  public var title: String
  /// The language of the texts as a BCP 47 tag, such as `en` or `ko`.
  public var language: String
  /// What stands above the sections: the verdict.
  public var lead: [HTMLBlock]
  /// The sections; with more than two the page begins with a list of them.
  public var sections: [Section]

  /// A page of sections.
  public init(
    title: String, language: String = "en", lead: [HTMLBlock] = [], sections: [Section] = []
  ) {
    self.title = title
    self.language = language
    self.lead = lead
    self.sections = sections
  }

  /// The page as an HTML 5 document.
  public func html() -> String {
    let contents = sections.enumerated().map { place, section in
      "<li><a href=\"#section-\(place + 1)\">\(section.title.escaped)</a></li>"
    }
    let parts = sections.enumerated().map { place, section in
      """
      <section id="section-\(place + 1)">
      <h2>\(section.title.escaped)</h2>
      \(section.blocks.map(\.html).joined(separator: "\n"))
      </section>
      """
    }
    return """
      <!DOCTYPE html>
      <html lang="\(language.escaped)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <title>\(title.escaped)</title>
      <style>
      \(HTMLStyle.text)
      </style>
      </head>
      <body>
      <main>
      <h1>\(title.escaped)</h1>
      \((lead.map(\.html)
        + (sections.count > 2 ? ["<nav><ul>\(contents.joined())</ul></nav>"] : [])
        + parts).joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  /// Writes the page; the file holds the old page or the new, never a part.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be written.
  public func write(to url: URL) throws(ArchiveError) {
    try AtomicFile.write(Data(html().utf8), to: url)
  }
}
