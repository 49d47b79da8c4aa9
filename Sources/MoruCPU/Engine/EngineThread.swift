import Foundation
import Synchronization

/// One thread that runs an actor's jobs in order.
///
/// oneDNN gives each calling thread a team of worker threads of its own, so all its calls must come
/// from one thread; and kernels may not block the cooperative pool.
final class EngineThread: SerialExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let wake = DispatchSemaphore(value: 0)

  /// Starts the thread; it ends when the executor is released.
  static func start(name: String) -> EngineThread {
    let executor = EngineThread()
    let mailbox = Mailbox(executor)
    let thread = Thread { mailbox.serve() }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
    return executor
  }

  deinit {
    wake.signal()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    wake.signal()
  }

  /// Runs what is queued; the thread keeps the semaphore, not the executor, while it waits.
  private final class Mailbox: Sendable {
    private let wake: DispatchSemaphore
    private let executor: WeakExecutor

    init(_ executor: EngineThread) {
      wake = executor.wake
      self.executor = WeakExecutor(executor)
    }

    func serve() {
      while true {
        wake.wait()
        guard let executor = executor.value else { return }
        let jobs = executor.jobs.withLock { queued in
          defer { queued = [] }
          return queued
        }
        for job in jobs { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
      }
    }
  }
}

/// A reference that does not keep its object alive.
private final class WeakExecutor: Sendable {
  private let reference: Mutex<Reference>
  private struct Reference { weak var value: EngineThread? }

  init(_ value: EngineThread) { reference = Mutex(Reference(value: value)) }
  var value: EngineThread? { reference.withLock { $0.value } }
}
