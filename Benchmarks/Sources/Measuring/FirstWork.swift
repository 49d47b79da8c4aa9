/// Something that can be done for the first time only once in a process.
struct FirstWork: Session {
  let parameterCount: Int
  let work: @Sendable () async throws -> Void

  func measure(for duration: Duration) async throws -> [Double] {
    let clock = ContinuousClock()
    return [try await clock.measure(work).inMilliseconds]
  }
}
