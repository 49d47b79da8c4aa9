/// A row of the catalogue: something whose speed and memory are measured.
protocol Workload: Sendable {
  /// The row's name, the same as in `peers/catalogue.py`.
  var name: String { get }

  /// Builds everything and runs it once, so that it is warm.
  func start() async throws -> any Session
}

/// A workload that is warm, and measured in rounds.
protocol Session: Sendable {
  /// Numbers that training changes: must agree with the peers' networks.
  var parameterCount: Int { get }

  /// Works for about as long as asked, at least once, and returns the milliseconds of each piece of
  /// work: a step of training as the mean of an epoch, a prediction, an operation.
  func measure(for duration: Duration) async throws -> [Double]

  /// The growth of memory at its peak since the data were there; nil where that is not watched.
  func peakBytes() throws -> Int?

  /// Stops what is under way.
  func end() async throws
}

extension Session {
  func peakBytes() throws -> Int? { nil }
  func end() async throws {}
}

/// Something that is done again and again, many times for each look at the clock if it is short.
struct RepeatedWork: Session {
  let parameterCount: Int
  let repetitions: Int
  let work: @Sendable () async throws -> Void

  init(
    parameterCount: Int = 0, repetitions: Int = 1,
    _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    self.parameterCount = parameterCount
    self.repetitions = repetitions
    self.work = work
    try await work()
  }

  func measure(for duration: Duration) async throws -> [Double] {
    let clock = ContinuousClock()
    let end = clock.now + duration
    var milliseconds: [Double] = []
    repeat {
      let start = clock.now
      for _ in 0..<repetitions { try await work() }
      milliseconds.append((clock.now - start).inMilliseconds / Double(repetitions))
    } while clock.now < end
    return milliseconds
  }
}

extension Duration {
  var inMilliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
