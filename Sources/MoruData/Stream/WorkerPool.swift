import Foundation
import Synchronization

/// Threads that do jobs in the order in which they were given, several at a time; they end with the
/// pool. Kernels block, so that they must not run on the threads of tasks.
final class WorkerPool: Sendable {
  let workers: Int
  private let queue = JobQueue()

  /// At least one thread.
  init(_ workers: Int) {
    self.workers = max(workers, 1)
    for _ in 0..<self.workers {
      let thread = Thread { [queue] in while let job = queue.take() { job() } }
      thread.name = "moru.data"
      thread.start()
    }
  }

  deinit { queue.close(workers: workers) }

  /// Begins a job as soon as a thread is free.
  func start<Output: Sendable>(
    _ work: @escaping @Sendable () -> Output
  ) -> WorkerJob<Output> {
    let job = WorkerJob<Output>()
    queue.put {
      let clock = ContinuousClock()
      let start = clock.now
      let output = work()
      job.finish(output, after: clock.now - start)
    }
    return job
  }
}

/// Jobs that wait for a thread.
private final class JobQueue: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let available = DispatchSemaphore(value: 0)

  func put(_ job: @escaping @Sendable () -> Void) {
    state.withLock { $0.jobs.append(job) }
    available.signal()
  }

  /// Jobs that nobody waits for any more are forgotten.
  func close(workers: Int) {
    state.withLock {
      $0.jobs = []
      $0.isClosed = true
    }
    for _ in 0..<workers { available.signal() }
  }

  /// Waits for a job; nil when the queue is closed.
  func take() -> (@Sendable () -> Void)? {
    available.wait()
    return state.withLock { $0.isClosed || $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
  }
}

/// A job that is under way or done.
final class WorkerJob<Output: Sendable>: Sendable {
  private enum State {
    case running
    case awaited(CheckedContinuation<(Output, Duration), Never>)
    case done(Output, Duration)
  }

  private let state = Mutex(State.running)

  func finish(_ output: Output, after duration: Duration) {
    let before = state.withLock { state in
      defer { state = .done(output, duration) }
      return state
    }
    if case .awaited(let waiting) = before { waiting.resume(returning: (output, duration)) }
  }

  /// What came of it and how long it took; one caller may wait.
  func result() async -> (Output, Duration) {
    await withCheckedContinuation { continuation in
      let done: (Output, Duration)? = state.withLock { state in
        if case .done(let output, let duration) = state { return (output, duration) }
        state = .awaited(continuation)
        return nil
      }
      if let done { continuation.resume(returning: done) }
    }
  }
}
