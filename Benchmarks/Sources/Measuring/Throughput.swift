import Foundation

/// Work on data that the runner has written, the same for all programs: a row of
/// `Benchmarks/throughput`.
struct Throughput: Workload {
  let name: String
  private let prepare: @Sendable (_ folder: URL) async throws -> any Session

  /// - Parameters:
  ///   - name: The row's name, the same as in `peers/throughput`.
  ///   - figure: Makes of what the work returned the number that must agree with the peers'; not
  ///     measured.
  ///   - prepare: Reads what it needs from the folder of the row's data and returns the work that is
  ///     measured.
  init<Result>(
    _ name: String, figure: @escaping @Sendable (Result) async throws -> Double,
    prepare: @escaping @Sendable (_ folder: URL) async throws -> @Sendable () async throws -> Result
  ) {
    self.name = name
    self.prepare = { folder in
      let work = try await prepare(folder)
      return ThroughputSession(figure: try await figure(try await work())) { _ = try await work() }
    }
  }

  /// - Parameters:
  ///   - name: The row's name, the same as in `peers/throughput`.
  ///   - prepare: As above, of work that returns its figure.
  init(
    _ name: String,
    prepare: @escaping @Sendable (_ folder: URL) async throws -> @Sendable () async throws -> Double
  ) {
    self.init(name, figure: { $0 }, prepare: prepare)
  }

  func start() async throws -> any Session {
    let folder = ProcessInfo.processInfo.environment["MORU_BENCHMARK_DATA"] ?? "."
    return try await prepare(URL(filePath: folder, directoryHint: .isDirectory))
  }
}

private struct ThroughputSession: Session {
  let parameterCount = 0
  let figure: Double?
  let work: @Sendable () async throws -> Void

  func measure(for duration: Duration) async throws -> [Double] {
    try await duration.timings { try await work() }
  }
}
