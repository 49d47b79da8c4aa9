import MoruArchive
import MoruModels
import MoruServing
import MoruTensors
import Testing

@Suite struct BatchingTests {
  let gate = Gate(isOpen: false)
  let name: SafeName

  init() throws { name = try SafeName("small") }

  private func served(
    capacity: Int = 1024, refuses: @escaping @Sendable (HostTensor) -> Bool = { _ in false }
  ) async throws -> (ModelHost, ServedModel) {
    let host = ModelHost(
      on: GatedExecutor(gate: gate, refuses: refuses), queueCapacity: capacity)
    return (host, try await host.load(smallModel(), name: name))
  }

  private func expected(_ first: Float) async throws -> [HostTensor] {
    try await Predictor(smallModel(), on: GatedExecutor()).predict([
      try #require(sample(first)["input"])
    ])
  }

  @Test func aRequestAloneRunsAlone() async throws {
    let (_, model) = try await served()
    await gate.open()
    #expect(try await model.predict(sample(5)) == expected(5))
    #expect(model.statistics.batches.counts.first == 1)
    #expect(model.statistics.requests == 1)
    #expect(model.statistics.errors == 0)
  }

  @Test func whatArrivesMeanwhileRunsTogetherAndEachGetsItsOwn() async throws {
    let (_, model) = try await served()
    async let first = model.predict(sample(-1))
    await gate.held()
    var others: [Task<[HostTensor], any Error>] = []
    for number in 0..<70 {
      others.append(Task { try await model.predict(sample(Float(number))) })
    }
    await wait(model, for: 70)
    await gate.open()
    #expect(try await first == expected(-1))
    for (number, task) in others.enumerated() {
      let found = try await task.value
      let wanted = try await expected(Float(number))
      #expect(found[0].shape == [1, 2])
      let pairs = zip(try found[0].array(of: Float.self), try wanted[0].array(of: Float.self))
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-6 * max(abs($1), 1) })
    }
    #expect(model.statistics.batches.count == 3)
    #expect(model.statistics.batches.sum == 71)
    #expect(model.statistics.samples == 71)
  }

  @Test func aFullQueueRefusesAndSaysHowFull() async throws {
    let (_, model) = try await served(capacity: 3)
    let running = Task { try await model.predict(sample(0)) }
    await gate.held()
    var waiting: [Task<[HostTensor], any Error>] = []
    for count in 1...3 {
      waiting.append(Task { try await model.predict(sample(Float(count))) })
    }
    await wait(model, for: 3)
    let error = await #expect(throws: ServingError.self) { try await model.predict(sample(9)) }
    #expect(error == .overloaded(waiting: 3, capacity: 3))
    #expect(
      error?.description == "3 samples wait already, at most 3 may. Ask again in a second.")
    await gate.open()
    for task in [running] + waiting { #expect(try await task.value.count == 1) }
    #expect(model.statistics.errors == 1)
  }

  @Test func anErrorInOneRequestFailsNoOther() async throws {
    let (_, model) = try await served { input in
      (try? input.array(of: Float.self).contains(666)) ?? false
    }
    let first = Task { try await model.predict(sample(0)) }
    await gate.held()
    let bad = Task { try await model.predict(sample(666)) }
    let good = Task { try await model.predict(sample(1)) }
    await wait(model, for: 2)
    await gate.open()
    _ = try await first.value
    #expect(try await good.value == expected(1))
    await #expect(throws: ServingError.failed(name, reason: "this input is refused")) {
      try await bad.value
    }
  }

  @Test func aCancelledRequestLeavesTheQueue() async throws {
    let (_, model) = try await served()
    let running = Task { try await model.predict(sample(0)) }
    await gate.held()
    let second = Task { try await model.predict(sample(1)) }
    await wait(model, for: 1)
    let third = Task { try await model.predict(sample(2)) }
    await wait(model, for: 2)
    third.cancel()
    await wait(model, for: 1)
    await #expect(throws: CancellationError.self) { try await third.value }
    await gate.open()
    #expect(try await running.value.count == 1)
    #expect(try await second.value.count == 1)
  }

  @Test func aRequestLargerThanABatchIsAnsweredWhole() async throws {
    let (_, model) = try await served()
    await gate.open()
    let rows = try HostTensor((0..<150 * 3).map { Float($0 % 17) }, shape: [150, 3])
    #expect(try await model.predict(["input": rows])[0].shape == [150, 2])
    let none = try await model.predict(["input": .zeros([0, 3])])
    #expect(none[0].shape == [0, 2])
  }

  @Test func stoppingAnswersWhatWasAcceptedAndNothingMore() async throws {
    let (host, model) = try await served()
    let accepted = Task { try await model.predict(sample(0)) }
    await gate.held()
    let second = Task { try await model.predict(sample(1)) }
    await wait(model, for: 1)
    let stopped = Task { try await host.stop(name, version: 1) }
    while model.state != .stopping { await Task.yield() }
    await #expect(throws: ServingError.notReady(name, version: 1, state: .stopping)) {
      try await model.predict(sample(1))
    }
    await gate.open()
    #expect(try await accepted.value.count == 1)
    #expect(try await second.value.count == 1)
    try await stopped.value
    await #expect(throws: ServingError.unknownModel("small", nearest: nil, served: [])) {
      try await host.model("small")
    }
  }
}
