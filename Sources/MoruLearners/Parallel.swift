import Dispatch

/// Work on several processors.
enum Parallel {
  /// Calls `body` once for each of `parts` equal ranges of `0..<count`, several at a time.
  ///
  /// How a sum over all is put together depends on the number of parts alone, so that results do not
  /// depend on the number of processors.
  static func forEach(parts: Int, of count: Int, _ body: (_ part: Int, Range<Int>) -> Void) {
    // Dispatch asks for a body that may be sent anywhere. This one goes no further: the call returns when
    // all parts have ended, and each writes to places of its own.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: parts) { body($0, range($0, of: parts, count)) }
  }

  /// One of `parts` equal ranges of `0..<count`.
  static func range(_ part: Int, of parts: Int, _ count: Int) -> Range<Int> {
    count * part / parts..<count * (part + 1) / parts
  }
}
