import Runtime
import Synchronization

/// The place in the user's source that called into Moru.
public struct CallerLocation: Equatable, Sendable, CustomStringConvertible {
  /// File name without its folder.
  public let file: String
  /// Line, from 1.
  public let line: Int

  public var description: String { "\(file):\(line)" }

  /// Where the innermost frame outside Moru's own library sources stands, or nil if the program
  /// carries no line table.
  ///
  /// Operators cannot take `#line` as a default argument, so the call stack is asked instead, frame by
  /// frame from the innermost on. To find the line of a frame takes long in a large program (in one
  /// with much to debug the first takes seconds), so what is found is kept.
  static func current() -> CallerLocation? {
    for depth in 0..<64 {
      // The last frame of a limited stack stands for those that are left out.
      guard let stack = try? Backtrace.capture(limit: 2, offset: depth, top: 0, images: images),
        let frame = stack.frames.first(where: { _ in true })
      else { return nil }
      let address = frame.adjustedProgramCounter
      if let place = found.withLock({ $0[address] }) ?? find(stack, address) {
        return place
      }
    }
    return nil
  }

  /// What the process had loaded when somebody first asked. To capture it means to look into every file
  /// that is mapped, and one that another thread unmaps meanwhile would end the process.
  private static let images = ImageMap.capture()
  /// Places by address, nil in library sources.
  private static let found = Mutex<[Backtrace.Address: CallerLocation?]>([:])

  private static func find(_ stack: Backtrace, _ address: Backtrace.Address) -> CallerLocation? {
    let frames = stack.symbolicated(with: images)?.frames ?? []
    let place = frames.lazy.compactMap(place).first
    found.withLock { $0[address] = .some(place) }
    return place
  }

  /// Where a frame stands, if not in Moru's library sources.
  private static func place(_ frame: SymbolicatedBacktrace.Frame) -> CallerLocation? {
    guard let source = frame.symbol?.sourceLocation, source.line > 0 else { return nil }
    let folders = source.path.split(separator: "/")
    // Code that the compiler or a macro made has a file name of its own: its caller is meant.
    guard let file = folders.last, !isLibrary(folders), !file.hasPrefix("@__swiftmacro"),
      !file.hasPrefix("<compiler-generated")
    else { return nil }
    return CallerLocation(file: String(file), line: source.line)
  }

  private static func isLibrary(_ folders: [Substring]) -> Bool {
    guard let sources = folders.lastIndex(of: "Sources"), sources + 1 < folders.count else {
      return folders.contains("swift")  // the standard library's own build folder
    }
    return folders[sources + 1].hasPrefix("Moru")
  }
}
