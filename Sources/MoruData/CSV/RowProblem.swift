/// What is wrong with a row of a table file.
public enum RowProblem: Error, Sendable, Equatable {
  /// Another number of fields than the header has.
  case fieldCount(found: Int, expected: Int)
  /// A field (counted from 1) begins with a quotation mark that is never closed.
  case unclosedQuote(column: Int)
  /// Text follows a field's closing quotation mark.
  case textAfterQuote(column: Int)
  /// Bytes that are no text in the file's encoding.
  case notText(TextEncoding)
  /// A byte that is 0, which no text file holds.
  case nulByte
  /// More bytes than a row may have.
  case tooLong(limit: Int)
  /// A row with new names that would make more cells, missing ones counted, than a table may have.
  case tooManyCells(limit: Int)
  /// Not one JSON object; the column is counted in bytes from 1.
  case json(column: Int, String)

  /// The problem without advice.
  var reason: String {
    switch self {
    case .fieldCount(let found, let expected):
      "\(counted(found, "field")) where the header has \(expected)"
    case .unclosedQuote(let column):
      "field \(column) begins with a quotation mark that is never closed"
    case .textAfterQuote(let column): "field \(column) has text after its closing quotation mark"
    case .notText(let encoding): "the text is not \(encoding.title)"
    case .nulByte: "a byte is 0, which no text holds"
    case .tooLong(let limit): "the row is longer than \(limit) bytes"
    case .tooManyCells(let limit): "its new names make more than \(limit) cells"
    case .json(let column, let reason): "column \(column): \(reason)"
    }
  }

  /// What to do about it.
  var advice: String {
    switch self {
    case .fieldCount: "Correct the line, or quote fields that contain the separator."
    case .unclosedQuote: "Close it, or double the quotation marks that belong to the text."
    case .textAfterQuote: "Remove it, or double the quotation marks that belong to the text."
    case .notText: "Save the file as UTF-8, or name its encoding."
    case .nulByte: "Save the file as UTF-8 text; it may be UTF-16 or not a text file at all."
    case .tooLong: "Close its quotation marks, or check that this is a text file."
    case .tooManyCells: "Give all rows the same names."
    case .json: "Write one JSON object on each line."
    }
  }
}
