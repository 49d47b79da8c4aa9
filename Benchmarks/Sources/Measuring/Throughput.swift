import Foundation

/// Work on data that the runner has written, the same for all programs: a row of
/// `Benchmarks/throughput`.
struct Throughput: Workload {
  let name: String
  private let prepare: @Sendable (_ folder: URL) async throws -> @Sendable () async throws -> Double

  /// - Parameters:
  ///   - name: The row's name, the same as in `peers/throughput`.
  ///   - prepare: Reads what it needs from the folder of the row's data and returns the work that is
  ///     measured, which returns a figure that must agree with the peers'.
  init(
    _ name: String,
    prepare: @escaping @Sendable (_ folder: URL) async throws -> @Sendable () async throws -> Double
  ) {
    self.name = name
    self.prepare = prepare
  }

  func start() async throws -> any Session {
    let folder = ProcessInfo.processInfo.environment["MORU_BENCHMARK_DATA"] ?? "."
    let work = try await prepare(URL(filePath: folder, directoryHint: .isDirectory))
    return ThroughputSession(figure: try await work(), work: work)
  }
}

private struct ThroughputSession: Session {
  let parameterCount = 0
  let figure: Double?
  let work: @Sendable () async throws -> Double

  func measure(for duration: Duration) async throws -> [Double] {
    try await duration.timings { _ = try await work() }
  }
}
