import Synchronization

/// Elements that a task makes ahead of the one who asks for them.
final class Prefetcher<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    /// How the elements ended; nil while there may be more.
    var end: Result<Void, any Error>?
    var asking: CheckedContinuation<Void, Never>?
    var making: CheckedContinuation<Void, Never>?
    var isAbandoned = false
  }

  private final class Buffer: Sendable {
    let state = Mutex(State())

    /// Waits until there is an element or the end.
    func untilAny() async {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          let isReady = !state.elements.isEmpty || state.end != nil
          if !isReady { state.asking = continuation }
          return isReady
        }
        if isReady { continuation.resume() }
      }
    }

    /// Waits until there is room; false if nobody will ask any more.
    func untilRoom(_ limit: Int) async -> Bool {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          let isReady = state.elements.count < limit || state.isAbandoned
          if !isReady { state.making = continuation }
          return isReady
        }
        if isReady { continuation.resume() }
      }
      return state.withLock { !$0.isAbandoned }
    }

    func change(_ body: @Sendable (inout State) -> Void) {
      let waiting = state.withLock { state in
        body(&state)
        defer { (state.asking, state.making) = (nil, nil) }
        return [state.asking, state.making]
      }
      for case let waiting? in waiting { waiting.resume() }
    }
  }

  private let buffer = Buffer()
  private let task: Task<Void, Never>

  /// - Parameters:
  ///   - limit: Elements that are kept ready, at least 1.
  ///   - produce: Hands elements over until there are no more, or until it is told that nobody asks
  ///     any more.
  init(
    limit: Int,
    produce: @escaping @Sendable (_ hand: (Element) async -> Bool) async throws -> Void
  ) {
    task = Task { [buffer] in
      do {
        try await produce { element in
          guard await buffer.untilRoom(max(limit, 1)) else { return false }
          buffer.change { $0.elements.append(element) }
          return true
        }
        buffer.change { $0.end = .success(()) }
      } catch {
        buffer.change { $0.end = .failure(error) }
      }
    }
  }

  deinit {
    buffer.change { $0.isAbandoned = true }
    task.cancel()
  }

  /// The next element; nil after the last one.
  func next() async throws -> Element? {
    await buffer.untilAny()
    let element: Element? = try buffer.state.withLock { state in
      if state.elements.isEmpty {
        try state.end?.get()
        return nil
      }
      return state.elements.removeFirst()
    }
    buffer.change { _ in }
    return element
  }
}

extension SampleStream {
  /// Elements that are made ahead, so that whoever asks for them need not wait while it does
  /// something else.
  ///
  /// - Parameter limit: Elements that are kept ready, at least 1.
  public func prefetched(_ limit: Int = 2) -> SampleStream<Element> {
    SampleStream(summary: summary + ", prefetched(\(limit))", count: count) { pass in
      PrefetchedCursor(stream: self, pass: pass, limit: limit)
    }
  }
}

private struct PrefetchedCursor<Element: Sendable>: StreamCursor {
  let stream: SampleStream<Element>
  let pass: Int
  let limit: Int
  private var start = 0
  private var prefetcher: Prefetcher<Indexed<Element>>?

  init(stream: SampleStream<Element>, pass: Int, limit: Int) {
    self.stream = stream
    self.pass = pass
    self.limit = limit
  }

  mutating func next() async throws -> Indexed<Element>? {
    if let prefetcher { return try await prefetcher.next() }
    let made = Prefetcher<Indexed<Element>>(limit: limit) { [stream, pass, start] hand in
      var cursor = try await stream.open(pass)
      guard try await cursor.skip(start) == start else { return }
      while let item = try await cursor.next() {
        guard await hand(item) else { return }
      }
    }
    prefetcher = made
    return try await made.next()
  }

  mutating func skip(_ count: Int) async throws -> Int {
    guard prefetcher == nil, let total = stream.count else {
      for done in 0..<count where try await next() == nil { return done }
      return count
    }
    let done = min(count, total - start)
    start += done
    return done
  }
}
