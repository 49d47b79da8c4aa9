import Dispatch

/// Work on values in memory by several processors at once; what executors run has threads of its own.
package enum Parallel {
  /// Calls `body` once for each of `parts` equal ranges of `0..<count`, several at a time, and returns
  /// when all are done: `body` may look at what its caller does not change meanwhile, and write to places
  /// of each part's own.
  ///
  /// How a sum over all is put together depends on the number of parts alone, so that results do not
  /// depend on the number of processors.
  package static func forEach(
    parts: Int, of count: Int, _ body: (_ part: Int, Range<Int>) -> Void
  ) {
    guard parts > 1 else {
      if parts == 1 { body(0, 0..<count) }
      return
    }
    // Dispatch asks for a body that may be sent anywhere. This one goes no further: the call returns when
    // all parts have ended.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: parts) { body($0, range($0, of: parts, count)) }
  }

  /// What `body` makes of each index from 0, in order, made several at a time.
  ///
  /// - Parameter grain: How many indices are worth a thread's turn.
  package static func map<Result>(
    _ count: Int, grain: Int = 1, _ body: (Int) -> Result
  ) -> [Result] {
    [Result](unsafeUninitializedCapacity: count) { results, initialized in
      forEach(parts: (count + grain - 1) / grain, of: count) { _, places in
        for place in places { results.initializeElement(at: place, to: body(place)) }
      }
      initialized = count
    }
  }

  /// One of `parts` equal ranges of `0..<count`.
  package static func range(_ part: Int, of parts: Int, _ count: Int) -> Range<Int> {
    count * part / parts..<count * (part + 1) / parts
  }
}
