internal import Foundation
public import MoruTensors

/// What becomes of a pass when an element cannot be made.
public enum FailurePolicy: Sendable {
  /// The pass ends with the error.
  case stop
  /// The element is left out, and somebody is told why.
  case skip(report: @Sendable (any Error) -> Void)
}

extension SampleStream {
  /// Threads that work on elements unless the caller says otherwise: one for each processor.
  public static var standardWorkers: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Each element changed, in the same order.
  ///
  /// - Parameters:
  ///   - workers: Threads that work at the same time; with 0 whoever asks for elements makes them.
  ///   - failures: What becomes of the pass when `transform` throws.
  public func map<Other: Sendable>(
    workers: Int = 0, failures: FailurePolicy = .stop,
    _ transform: @escaping @Sendable (Element) throws -> Other
  ) -> SampleStream<Other> {
    mapped(workers, failures) { try transform($0.element) }
  }

  /// Each element changed at random, in the same order. The seed that `transform` is given belongs
  /// to the element and the pass alone.
  ///
  /// - Parameters:
  ///   - seed: Decides all of them.
  ///   - workers: Threads that work at the same time; with 0 whoever asks for elements makes them.
  ///   - failures: What becomes of the pass when `transform` throws.
  public func map<Other: Sendable>(
    seed: Seed, workers: Int = 0, failures: FailurePolicy = .stop,
    _ transform: @escaping @Sendable (Element, Seed) throws -> Other
  ) -> SampleStream<Other> {
    mapped(workers, failures) {
      try transform($0.element, seed.child($0.pass).child($0.index))
    }
  }

  private func mapped<Other: Sendable>(
    _ workers: Int, _ failures: FailurePolicy,
    _ transform: @escaping @Sendable (Indexed<Element>) throws -> Other
  ) -> SampleStream<Other> {
    let count = if case .stop = failures { self.count } else { nil as Int? }
    return stage("mapped", count: count) { cursor, _ in
      MappedCursor(
        upstream: cursor, pool: workers > 0 ? WorkerPool(workers) : nil, failures: failures,
        transform: transform)
    }
  }

  /// The elements for which something is true.
  public func filtered(
    _ isIncluded: @escaping @Sendable (Element) throws -> Bool
  ) -> SampleStream<Element> {
    stage("filtered", count: nil) { cursor, _ in
      FilteredCursor(upstream: cursor, isIncluded: isIncluded)
    }
  }
}

private struct FilteredCursor<Element: Sendable>: StreamCursor {
  var upstream: any StreamCursor<Element>
  let isIncluded: @Sendable (Element) throws -> Bool

  mutating func next() async throws -> Indexed<Element>? {
    while let item = try await upstream.next() {
      if try isIncluded(item.element) { return item }
    }
    return nil
  }
}

/// Changes elements on threads that work ahead, and hands them out in their order.
private struct MappedCursor<Input: Sendable, Output: Sendable>: StreamCursor {
  typealias Made = Result<Indexed<Output>, any Error>

  var upstream: any StreamCursor<Input>
  let pool: WorkerPool?
  let failures: FailurePolicy
  let transform: @Sendable (Indexed<Input>) throws -> Output
  private var jobs: [WorkerJob<[Made]>] = []
  private var ready: ArraySlice<Made> = []
  private var upstreamEnd: Result<Void, any Error>?
  /// Elements in a job: so many that the way to a thread costs little, and few enough that each has
  /// something to do.
  private var jobSize = 1

  init(
    upstream: any StreamCursor<Input>, pool: WorkerPool?, failures: FailurePolicy,
    transform: @escaping @Sendable (Indexed<Input>) throws -> Output
  ) {
    self.upstream = upstream
    self.pool = pool
    self.failures = failures
    self.transform = transform
  }

  mutating func next() async throws -> Indexed<Output>? {
    while let made = try await nextMade() {
      switch (made, failures) {
      case (.success(let item), _): return item
      case (.failure(let error), .stop): throw error
      case (.failure(let error), .skip(let report)): report(error)
      }
    }
    return nil
  }

  mutating func skip(_ count: Int) async throws -> Int {
    guard case .stop = failures, jobs.isEmpty, ready.isEmpty else {
      for done in 0..<count where try await next() == nil { return done }
      return count
    }
    return try await upstream.skip(count)
  }

  private mutating func nextMade() async throws -> Made? {
    guard let pool else {
      return try await upstream.next().map { item in
        Result { item.with(try transform(item)) }
      }
    }
    if let made = ready.popFirst() { return made }
    while jobs.count < 2 * pool.workers, upstreamEnd == nil {
      var inputs: [Indexed<Input>] = []
      do {
        while inputs.count < jobSize, let item = try await upstream.next() { inputs.append(item) }
        if inputs.count < jobSize { upstreamEnd = .success(()) }
      } catch {
        // Told after the elements that came before it.
        upstreamEnd = .failure(error)
      }
      guard !inputs.isEmpty else { break }
      jobs.append(
        pool.start { [transform, inputs] in
          inputs.map { item in Result { item.with(try transform(item)) } }
        })
    }
    guard !jobs.isEmpty else {
      try upstreamEnd?.get()
      return nil
    }
    let (made, duration) = await jobs.removeFirst().result()
    if duration < .microseconds(500), made.count == jobSize { jobSize = min(2 * jobSize, 64) }
    if duration > .milliseconds(2) { jobSize = max(jobSize / 2, 1) }
    ready = made[...]
    return ready.popFirst()
  }
}
