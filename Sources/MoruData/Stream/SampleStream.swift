/// Elements that are made one after the other when they are asked for, pass after pass: samples,
/// files or batches of data that may be larger than memory.
///
/// A stream is a description, to which each of `map`, `filtered`, `shuffled`, `batched`, … adds a
/// stage; nothing is read before somebody asks for elements. Every pass brings the elements anew,
/// in an order and with changes that depend on the stream, its seeds and the number of the pass
/// alone, whatever the number of threads that work.
public struct SampleStream<Element: Sendable>: Sendable {
  /// Where the elements come from, and what stages they pass, for messages and records.
  public let summary: String
  /// Elements in each pass, if that is known without making them.
  public let count: Int?
  let open: @Sendable (_ pass: Int) async throws -> any StreamCursor<Element>

  init(
    summary: String, count: Int?,
    open: @escaping @Sendable (Int) async throws -> any StreamCursor<Element>
  ) {
    self.summary = summary
    self.count = count
    self.open = open
  }

  /// One more stage.
  func stage<Other>(
    _ name: String, count: Int?,
    _ make: @escaping @Sendable (any StreamCursor<Element>, _ pass: Int) -> any StreamCursor<Other>
  ) -> SampleStream<Other> {
    SampleStream<Other>(summary: summary + ", " + name, count: count) { pass in
      make(try await open(pass), pass)
    }
  }
}

extension SampleStream {
  /// Elements by their place, which can be reached in any order.
  ///
  /// - Parameters:
  ///   - source: Where they come from, for messages and records.
  ///   - count: How many there are.
  ///   - element: Makes the element at a place from 0 to `count − 1`.
  public init(
    source: String, count: Int, element: @escaping @Sendable (Int) throws -> Element
  ) {
    self.init(summary: source, count: max(count, 0)) { pass in
      PlacedCursor(pass: pass, count: max(count, 0), element: element)
    }
  }

  /// The elements of a collection.
  public init(_ elements: [Element], source: String = "elements") {
    self.init(source: source, count: elements.count) { elements[$0] }
  }

  /// The elements of an asynchronous sequence, which is made anew for each pass: rows of a
  /// database, messages, or, through `AsyncThrowingStream(unfolding:)`, whatever a closure gives.
  ///
  /// - Parameters:
  ///   - source: Where they come from, for messages and records.
  ///   - count: How many there are in each pass, if that is known.
  ///   - makeSequence: Makes the sequence of a pass, which is counted from 0 on. The same number
  ///     must give the same elements.
  public init<S: AsyncSequence>(
    source: String, count: Int? = nil, _ makeSequence: @escaping @Sendable (Int) throws -> S
  ) where S.Element == Element, S: SendableMetatype, S.AsyncIterator: SendableMetatype {
    self.init(summary: source, count: count) { pass in
      SequenceCursor(pass: pass, iterator: try makeSequence(pass).makeAsyncIterator())
    }
  }
}

extension SampleStream<Int> {
  /// The places of a plan's samples, in the order that they have in each of its epochs.
  init(_ plan: BatchPlan, of source: String) {
    self.init(summary: source, count: plan.sampleCount) { pass in
      let order = plan.order(epoch: pass)
      return PlacedCursor(pass: pass, count: order.count, element: { order[$0] })
    }
  }
}

/// Goes through elements by their places.
private struct PlacedCursor<Element: Sendable>: StreamCursor {
  let pass: Int
  let count: Int
  let element: @Sendable (Int) throws -> Element
  var place = 0

  mutating func next() throws -> Indexed<Element>? {
    guard place < count else { return nil }
    defer { place += 1 }
    return Indexed(pass: pass, index: place, element: try element(place))
  }

  mutating func skip(_ count: Int) -> Int {
    let done = min(count, self.count - place)
    place += done
    return done
  }
}

private struct SequenceCursor<Iterator: AsyncIteratorProtocol>: StreamCursor
where Iterator.Element: Sendable {
  typealias Element = Iterator.Element

  let pass: Int
  var iterator: Iterator
  var place = 0

  mutating func next() async throws -> Indexed<Element>? {
    guard let element = try await iterator.next() else { return nil }
    defer { place += 1 }
    return Indexed(pass: pass, index: place, element: element)
  }
}
