/// Something small, whose time is mostly that of being asked for.
struct Latency: Workload {
  let name: String
  let makeSession: @Sendable () async throws -> any Session

  /// - Parameters:
  ///   - name: The row's name.
  ///   - session: Prepares it and runs it once.
  init(_ name: String, session: @escaping @Sendable () async throws -> any Session) {
    self.name = name
    makeSession = session
  }

  func start() async throws -> any Session { try await makeSession() }
}
