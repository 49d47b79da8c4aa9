internal import Synchronization

extension SampleStream {
  /// Elements that are kept in memory once a pass has gone through all of them: later passes bring
  /// the same elements in the same order. Put it before what shuffles and changes at random.
  public func cached() -> SampleStream<Element> {
    let cache = StreamCache<Element>()
    return stage("cached", count: count) { cursor, pass in
      CachedCursor(upstream: cursor, cache: cache, pass: pass)
    }
  }
}

private final class StreamCache<Element: Sendable>: Sendable {
  let elements = Mutex<[Indexed<Element>]?>(nil)
}

private struct CachedCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  let cache: StreamCache<Element>
  let pass: Int
  private var kept: [Indexed<Element>]?
  /// What was read so far of a first pass; nil if it did not begin at the beginning.
  private var read: [Indexed<Element>]? = []
  private var place = 0

  init(upstream: any StreamCursor<Element>, cache: StreamCache<Element>, pass: Int) {
    self.upstream = upstream
    self.cache = cache
    self.pass = pass
    kept = cache.elements.withLock { $0 }
  }

  mutating func next() async throws -> Indexed<Element>? {
    if let kept {
      guard place < kept.count else { return nil }
      defer { place += 1 }
      return Indexed(pass: pass, index: kept[place].index, element: kept[place].element)
    }
    if let item = try await upstream.next() {
      read?.append(item)
      return item
    }
    if let read { cache.elements.withLock { $0 = $0 ?? read } }
    return nil
  }

  mutating func skip(_ count: Int) async throws -> Int {
    guard let kept else {
      if count > 0 { read = nil }
      return try await upstream.skip(count)
    }
    let done = min(count, kept.count - place)
    place += done
    return done
  }
}
