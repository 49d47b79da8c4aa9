/// How far a reader has come in a stream: all that is needed to go on from there.
public struct StreamPosition: Codable, Sendable, Equatable {
  /// The pass, from 0 on.
  public var pass: Int
  /// Elements of it that were read.
  public var element: Int

  /// A position; the beginning if nothing else is said.
  public init(pass: Int = 0, element: Int = 0) {
    self.pass = pass
    self.element = element
  }
}

/// One pass through a stream, or what is left of it.
public struct StreamPass<Element: Sendable>: AsyncSequence {
  let stream: SampleStream<Element>
  let start: StreamPosition

  /// Reads the elements.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let stream: SampleStream<Element>
    private var cursor: (any StreamCursor<Element>)?
    /// Where the next element is.
    public private(set) var position: StreamPosition

    init(_ stream: SampleStream<Element>, from start: StreamPosition) {
      self.stream = stream
      position = start
    }

    /// The next element; nil at the end of the pass.
    public mutating func next() async throws -> Element? {
      var present: any StreamCursor<Element>
      if let cursor {
        present = cursor
      } else {
        present = try await stream.open(position.pass)
        guard try await present.skip(position.element) == position.element else { return nil }
      }
      let item = try await present.next()
      cursor = present
      guard let item else { return nil }
      position.element += 1
      return item.element
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream, from: start) }
}

extension SampleStream {
  /// The elements of a pass, from an element on: `for try await sample in stream.pass(0) { … }`.
  ///
  /// Going on in the middle of a pass makes none of the elements before, unless a stage cannot say
  /// without them which one comes next: `filtered`, `bucketed`, or `map` that leaves out failures.
  public func pass(_ pass: Int = 0, from element: Int = 0) -> StreamPass<Element> {
    StreamPass(stream: self, start: StreamPosition(pass: pass, element: element))
  }
}

/// Reads a stream pass after pass, without end, ahead of the one who asks.
package struct EndlessReader<Element: Sendable>: Sendable {
  private let prefetcher: Prefetcher<(element: Element, after: StreamPosition)>

  /// - Parameters:
  ///   - start: Where it begins.
  ///   - ahead: Elements that are kept ready, at least 1.
  package init(_ stream: SampleStream<Element>, from start: StreamPosition, ahead: Int) {
    prefetcher = Prefetcher(limit: ahead) { hand in
      var start = start
      while true {
        var elements = stream.pass(start.pass, from: start.element).makeAsyncIterator()
        let before = elements.position
        while let element = try await elements.next() {
          guard await hand((element, elements.position)) else { return }
        }
        guard elements.position != before || start.element > 0 else {
          throw DataError.emptyStream(stream.summary)
        }
        start = StreamPosition(pass: start.pass + 1)
      }
    }
  }

  /// The next element, and where the one after it is.
  package func next() async throws -> (element: Element, after: StreamPosition) {
    guard let next = try await prefetcher.next() else { throw CancellationError() }
    return next
  }
}
