internal import Dispatch
internal import Foundation
internal import Synchronization

/// Runs `body` so that Ctrl-C or a request to terminate cancels it, and a second one ends the
/// program at once.
///
/// - Throws: `CancellationError` after an interrupt; what `body` throws.
func stoppingOnInterrupt<Result: Sendable>(
  _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let task = Task { try await body() }
  let wasInterrupted = Mutex(false)
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      let isSecond = wasInterrupted.withLock { was in
        defer { was = true }
        return was
      }
      if isSecond { _exit(128 + number) }
      task.cancel()
    }
    source.resume()
    return source
  }
  defer { sources.forEach { $0.cancel() } }
  return try await task.value
}
