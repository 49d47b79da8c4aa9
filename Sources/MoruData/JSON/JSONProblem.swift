/// Why a text cannot be read as JSON; whoever reads says what text it is.
package enum JSONProblem: Error, Equatable {
  /// The text is not UTF-8.
  case notUTF8
  /// The text is not JSON.
  case grammar(line: Int, column: Int, expected: String, found: String?)
  /// Arrays and objects are nested too deeply.
  case depth(limit: Int)
}
