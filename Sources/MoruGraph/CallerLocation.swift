import Runtime

/// The place in the user's source that called into Moru.
public struct CallerLocation: Equatable, Sendable, CustomStringConvertible {
  /// File name without its folder.
  public let file: String
  /// Line, from 1.
  public let line: Int

  public var description: String { "\(file):\(line)" }

  /// Where the innermost frame outside Moru's own library sources stands, or nil if the program
  /// carries no line table. Costs milliseconds: only for errors.
  ///
  /// Operators cannot take `#line` as a default argument, so the call stack is asked instead.
  static func current() -> CallerLocation? {
    guard let frames = try? Backtrace.capture().symbolicated()?.frames else { return nil }
    for frame in frames {
      guard let source = frame.symbol?.sourceLocation, source.line > 0 else { continue }
      let folders = source.path.split(separator: "/")
      // Code that the compiler or a macro made has a file name of its own: its caller is meant.
      guard let file = folders.last, !isLibrary(folders), !file.hasPrefix("@__swiftmacro"),
        !file.hasPrefix("<compiler-generated")
      else { continue }
      return CallerLocation(file: String(file), line: source.line)
    }
    return nil
  }

  private static func isLibrary(_ folders: [Substring]) -> Bool {
    guard let sources = folders.lastIndex(of: "Sources"), sources + 1 < folders.count else {
      return folders.contains("swift")  // the standard library's own build folder
    }
    return folders[sources + 1].hasPrefix("Moru")
  }
}
