import MoruTensors

/// Runs the requests for one model, together where several wait.
///
/// A request that finds the model idle runs at once, alone. What arrives while the model is at work
/// waits and runs as one batch as soon as it is free: the window in which requests are gathered is
/// the time that the batch before takes, so that nobody waits for a clock.
actor Batcher {
  /// Runs inputs, batch axis first.
  typealias Run = @Sendable ([HostTensor]) async throws -> [HostTensor]

  private struct Waiting {
    let number: Int
    let inputs: [HostTensor]
    let count: Int
    let answer: CheckedContinuation<[HostTensor], any Error>
  }

  private let largestBatch: Int
  private let capacity: Int
  private let run: Run
  private let ran: @Sendable (Int) -> Void
  private var queue: [Waiting] = []
  /// Samples that wait to be run.
  private(set) var waitingSamples = 0
  private var isWorking = false
  private var lastNumber = 0
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []

  /// A batcher that has nothing to do yet.
  ///
  /// - Parameters:
  ///   - largestBatch: Samples that may run together; a larger request runs alone.
  ///   - capacity: Samples that may wait.
  ///   - ran: Told the size of every batch.
  ///   - run: Runs a batch.
  init(
    largestBatch: Int, capacity: Int, ran: @escaping @Sendable (Int) -> Void, run: @escaping Run
  ) {
    self.largestBatch = largestBatch
    self.capacity = capacity
    self.ran = ran
    self.run = run
  }

  /// The outputs for the samples of one request.
  ///
  /// - Parameter count: Samples in each of `inputs`.
  /// - Throws: `ServingError.overloaded`; what running these inputs alone throws;
  ///   `CancellationError` if the task is cancelled while they wait.
  func predict(_ inputs: [HostTensor], count: Int) async throws -> [HostTensor] {
    // An empty queue takes a request of any size: it cannot be split, and has to run some time.
    guard queue.isEmpty || waitingSamples + count <= capacity else {
      throw ServingError.overloaded(waiting: waitingSamples, capacity: capacity)
    }
    lastNumber += 1
    let number = lastNumber
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { answer in
        guard !Task.isCancelled else { return answer.resume(throwing: CancellationError()) }
        queue.append(Waiting(number: number, inputs: inputs, count: count, answer: answer))
        waitingSamples += count
        startWorking()
      }
    } onCancel: {
      Task { await self.cancel(number) }
    }
  }

  /// Returns when nothing waits or runs.
  func idle() async {
    guard isWorking else { return }
    await withCheckedContinuation { idleWaiters.append($0) }
  }

  private func startWorking() {
    guard !isWorking else { return }
    isWorking = true
    Task { await work() }
  }

  private func work() async {
    while !queue.isEmpty { await answer(nextBatch()) }
    isWorking = false
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters = []
  }

  private func cancel(_ number: Int) {
    guard let place = queue.firstIndex(where: { $0.number == number }) else { return }
    let waiting = queue.remove(at: place)
    waitingSamples -= waiting.count
    waiting.answer.resume(throwing: CancellationError())
  }

  /// Takes as many requests from the head of the queue as fit in a batch, at least one.
  private func nextBatch() -> [Waiting] {
    var samples = 0
    let end =
      queue.firstIndex { waiting in
        samples += waiting.count
        return samples > largestBatch
      } ?? queue.endIndex
    let batch = Array(queue[..<max(end, 1)])
    queue.removeFirst(batch.count)
    waitingSamples -= batch.reduce(0) { $0 + $1.count }
    return batch
  }

  private func answer(_ batch: [Waiting]) async {
    guard batch.count > 1 else {
      if let only = batch.first { await answerAlone(only) }
      return
    }
    do {
      let outputs = try await run(joined(batch))
      ran(batch.reduce(0) { $0 + $1.count })
      var parts: [[HostTensor]] = []
      var start = 0
      for waiting in batch {
        let range = start..<start + waiting.count
        parts.append(try outputs.map { try $0.slice(range) })
        start = range.upperBound
      }
      for (waiting, part) in zip(batch, parts) { waiting.answer.resume(returning: part) }
    } catch {
      // One of them may be to blame; the others must not suffer.
      for waiting in batch { await answerAlone(waiting) }
    }
  }

  private func answerAlone(_ waiting: Waiting) async {
    do {
      let outputs = try await run(waiting.inputs)
      ran(waiting.count)
      waiting.answer.resume(returning: outputs)
    } catch {
      waiting.answer.resume(throwing: error)
    }
  }

  private func joined(_ batch: [Waiting]) throws -> [HostTensor] {
    try (batch.first?.inputs.indices ?? 0..<0).map { input in
      try HostTensor.concatenated(batch.map { $0.inputs[input] })
    }
  }
}
