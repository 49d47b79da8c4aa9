/// How a file of rows is read.
public struct TableFormat: Sendable, Equatable {
  /// Between fields; nil takes a tab for `.tsv` and `.tab`, else a comma.
  public var separator: Character?
  /// Whether the first row names the columns; else they are `column_1`, ….
  public var hasHeader: Bool
  /// How bytes stand for text; nil finds it out: CP949 if more bytes cannot be UTF-8 than
  /// characters beyond ASCII are, else UTF-8.
  public var encoding: TextEncoding?
  /// What becomes of damaged rows.
  public var damaged: DamagePolicy
  /// What becomes of objects and arrays inside a row of JSON lines.
  public var nested: NestedPolicy

  /// The usual format, or what of it differs.
  public init(
    separator: Character? = nil, hasHeader: Bool = true, encoding: TextEncoding? = nil,
    damaged: DamagePolicy = .error, nested: NestedPolicy = .error
  ) {
    self.separator = separator
    self.hasHeader = hasHeader
    self.encoding = encoding
    self.damaged = damaged
    self.nested = nested
  }

  /// The byte between fields of a file of this name.
  func separatorByte(fileName: String) throws(DataError) -> UInt8 {
    let isTabbed = [".tsv", ".tab", ".tsv.gz", ".tab.gz"]
      .contains { fileName.lowercased().hasSuffix($0) }
    let byte = (separator ?? (isTabbed ? "\t" : ",")).asciiValue
    let separator = separator ?? "\t"
    guard let byte, byte > 0, !separator.isLetter, !separator.isNumber,
      !"\"\n\r+-.".utf8.contains(byte)
    else {
      throw .inconsistent(
        "the separator must be one ASCII character that stands in no number and no word")
    }
    return byte
  }
}

/// How many bytes of a table file are in hand at a time. What is read does not depend on it, but for
/// rows that are longer than the window.
package struct TableLimits: Sendable {
  /// Bytes in memory; also the longest row.
  var window: Int
  /// Bytes that are worth a thread, and few enough for a cache.
  var stretch: Int
  /// Bytes that are read first to find out which columns are text.
  var sample: Int

  package init(window: Int = 16 << 20, stretch: Int = 1 << 20, sample: Int = 1 << 16) {
    self.window = window
    self.stretch = stretch
    self.sample = sample
  }
}
