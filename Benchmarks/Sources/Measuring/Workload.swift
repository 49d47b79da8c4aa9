import Moru

/// A row of the catalogue: something whose speed and memory are measured.
protocol Workload: Sendable {
  /// The row's name, the same as in `peers/catalogue.py`.
  var name: String { get }

  /// Builds everything and runs it once, so that it is warm.
  func start() async throws -> any Session

  /// The program that one piece of the work runs, and its inputs, to explain it; nil for work that is
  /// no program.
  func program() async throws -> (program: any Program, inputs: [HostTensor])?
}

extension Workload {
  func program() async throws -> (program: any Program, inputs: [HostTensor])? { nil }
}

/// A workload that is warm, and measured in rounds.
protocol Session: Sendable {
  /// Numbers that training changes: must agree with the peers' networks.
  var parameterCount: Int { get }

  /// What the work came to, to be compared with the peers; nil for work that comes to nothing.
  var figure: Double? { get }

  /// Works for about as long as asked, at least once, and returns the milliseconds of each piece of
  /// work: a step of training as the mean of an epoch, a prediction, an operation.
  func measure(for duration: Duration) async throws -> [Double]

  /// As `measure`, of the program of a step alone, many steps in a call: no loading of data, no
  /// metrics, no reports; nil for work that is no training by `fit`.
  func measureBare(for duration: Duration) async throws -> [Double]?

  /// The growth of memory at its peak since the data were there; nil where that is not watched.
  func peakBytes() throws -> Int?

  /// Stops what is under way.
  func end() async throws
}

extension Session {
  var figure: Double? { nil }
  func measureBare(for duration: Duration) async throws -> [Double]? { nil }
  func peakBytes() throws -> Int? { nil }
  func end() async throws {}
}

/// Something that is done again and again, many times for each look at the clock if it is short.
struct RepeatedWork: Session {
  let parameterCount: Int
  private let repetitions: Int
  private let pieces: Int
  private let memoryBefore: Int?
  private let work: @Sendable () async throws -> Void

  /// Does the work once, so that it is warm.
  ///
  /// - Parameters:
  ///   - parameterCount: Numbers that training changes.
  ///   - repetitions: How often it is done for each look at the clock.
  ///   - pieces: How many pieces of work, such as steps, it is made of.
  ///   - memoryBefore: What was resident when the data were there, if memory is watched.
  ///   - work: What is measured.
  init(
    parameterCount: Int = 0, repetitions: Int = 1, pieces: Int = 1, memoryBefore: Int? = nil,
    _ work: @escaping @Sendable () async throws -> Void
  ) async throws {
    self.parameterCount = parameterCount
    self.repetitions = repetitions
    self.pieces = pieces
    self.memoryBefore = memoryBefore
    self.work = work
    try await work()
  }

  func measure(for duration: Duration) async throws -> [Double] {
    try await duration.timings { for _ in 0..<repetitions { try await work() } }
      .map { $0 / Double(repetitions * pieces) }
  }

  func peakBytes() throws -> Int? { try memoryBefore.map { try PeakMemory.sinceMark() - $0 } }
}

extension Duration {
  /// How long work took each time, in milliseconds, done again and again for this long and at least once.
  func timings(of work: () async throws -> Void) async throws -> [Double] {
    let clock = ContinuousClock()
    let end = clock.now + self
    var milliseconds: [Double] = []
    repeat {
      let start = clock.now
      try await work()
      milliseconds.append((clock.now - start).inMilliseconds)
    } while clock.now < end
    return milliseconds
  }

  var inMilliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15
  }
}
