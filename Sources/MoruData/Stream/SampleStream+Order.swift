public import MoruTensors

extension SampleStream {
  /// The elements in an order of chance, another one in each pass.
  ///
  /// Shuffle files or places rather than what is made of them: elements wait in memory.
  ///
  /// - Parameters:
  ///   - buffer: Elements that wait, at least 1, of which one is drawn each time; all if nil, and
  ///     only then are all orders equally likely.
  ///   - seed: Decides all orders.
  public func shuffled(buffer: Int? = nil, seed: Seed) -> SampleStream<Element> {
    let name = "shuffled(\(buffer.map(String.init) ?? "all"), \(seed.key))"
    return stage(name, count: count) { cursor, pass in
      ShuffledCursor(
        upstream: cursor, size: max(buffer ?? .max, 1),
        generator: seed.child("shuffle").child(pass).generator)
    }
  }

  /// Several passes as one; without end if `times` is nil.
  ///
  /// - Parameter times: At least 1.
  public func repeated(_ times: Int? = nil) -> SampleStream<Element> {
    let times = times.map { max($0, 1) }
    let count = times.flatMap { times in self.count.map { $0 * times } }
    return SampleStream(
      summary: summary + ", repeated(\(times.map(String.init) ?? "without end"))", count: count
    ) { pass in
      RepeatedCursor(stream: self, pass: pass * (times ?? 0), rest: times)
    }
  }

  /// The first elements of each pass.
  public func prefix(_ limit: Int) -> SampleStream<Element> {
    let limit = max(limit, 0)
    return stage("prefix(\(limit))", count: count.map { min($0, limit) }) { cursor, _ in
      PrefixCursor(upstream: cursor, rest: limit)
    }
  }
}

private struct ShuffledCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  let size: Int
  var generator: SeededGenerator
  private var buffer: [Indexed<Element>] = []
  private var isUpstreamDone = false

  init(upstream: any StreamCursor<Element>, size: Int, generator: SeededGenerator) {
    self.upstream = upstream
    self.size = size
    self.generator = generator
  }

  mutating func next() async throws -> Indexed<Element>? {
    while buffer.count < size, !isUpstreamDone {
      if let item = try await upstream.next() {
        buffer.append(item)
      } else {
        isUpstreamDone = true
      }
    }
    guard !buffer.isEmpty else { return nil }
    let place = Int.random(in: 0..<buffer.count, using: &generator)
    buffer.swapAt(place, buffer.count - 1)
    return buffer.removeLast()
  }
}

private struct RepeatedCursor<Element: Sendable>: StreamCursor {
  let stream: SampleStream<Element>
  var pass: Int
  /// Passes that are still to come, the present one included; nil for no end.
  var rest: Int?
  private var cursor: (any StreamCursor<Element>)?
  /// A pass without elements would be repeated for ever.
  private var isPassEmpty = true

  init(stream: SampleStream<Element>, pass: Int, rest: Int?) {
    self.stream = stream
    self.pass = pass
    self.rest = rest
  }

  mutating func next() async throws -> Indexed<Element>? {
    while rest != 0 {
      var present = if let cursor { cursor } else { try await stream.open(pass) }
      let item = try await present.next()
      cursor = present
      if let item {
        isPassEmpty = false
        return item
      }
      try endPass()
    }
    return nil
  }

  mutating func skip(_ count: Int) async throws -> Int {
    var done = 0
    while rest != 0, done < count {
      var present = if let cursor { cursor } else { try await stream.open(pass) }
      let skipped = try await present.skip(count - done)
      cursor = present
      done += skipped
      if skipped > 0 { isPassEmpty = false }
      if done < count { try endPass() }
    }
    return done
  }

  private mutating func endPass() throws {
    guard !isPassEmpty else { throw DataError.emptyStream(stream.summary) }
    (cursor, isPassEmpty) = (nil, true)
    pass += 1
    rest = rest.map { $0 - 1 }
  }
}

private struct PrefixCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  var rest: Int

  mutating func next() async throws -> Indexed<Element>? {
    guard rest > 0 else { return nil }
    rest -= 1
    return try await upstream.next()
  }

  mutating func skip(_ count: Int) async throws -> Int {
    let done = try await upstream.skip(min(count, rest))
    rest -= done
    return done
  }
}
