/// An element of a stream with what names it: chance that concerns it hangs on that alone.
struct Indexed<Element: Sendable>: Sendable {
  /// The pass of the stream's source that it came from.
  let pass: Int
  /// Its place in that pass of the source.
  let index: Int
  let element: Element

  func with<Other>(_ other: Other) -> Indexed<Other> {
    Indexed<Other>(pass: pass, index: index, element: other)
  }
}

/// Goes once through a stream.
protocol StreamCursor<Element> {
  associatedtype Element: Sendable

  /// The next element; nil after the last one.
  mutating func next() async throws -> Indexed<Element>?

  /// Goes past elements, without making them where that is possible.
  ///
  /// - Returns: How many there were, fewer than `count` at the end.
  mutating func skip(_ count: Int) async throws -> Int
}

extension StreamCursor {
  mutating func skip(_ count: Int) async throws -> Int {
    for done in 0..<count where try await next() == nil { return done }
    return count
  }
}
