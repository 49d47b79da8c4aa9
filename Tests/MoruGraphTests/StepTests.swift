import MoruGraph
import MoruReference
import MoruTensors
import Synchronization
import Testing

@Suite struct StepTests {
  @Test("state stays between calls and is seen in a snapshot")
  func state() async throws {
    let step = compiled(state: ["w": Tensor(HostTensor([1, 2] as [Float]))], on: .reference) {
      (state: inout [String: Tensor], x: Tensor) in
      let w = state["w"] ?? 0
      state["w"] = w + x
      return (w * x).sum()
    }
    let x = Tensor(HostTensor([10, 20] as [Float]))
    #expect(try await step(x).constant == HostTensor(50 as Float))
    #expect(try await step(x).constant == HostTensor(550 as Float))
    #expect(try await step.snapshot()["w"]?.constant == HostTensor([21, 42] as [Float]))
  }

  @Test("a snapshot before the first call is what the state was made of")
  func freshSnapshot() async throws {
    let initial = [Tensor.ones([2]) * 3, Tensor(HostTensor(true))]
    let step = compiled(state: initial, on: .reference) { (_: inout [Tensor]) in Tensor(1) }
    #expect(
      try await step.snapshot().map(\.constant)
        == [HostTensor([3, 3] as [Float]), HostTensor(true)])
  }

  @Test("gradient descent in one compiled step finds the least value")
  func descent() async throws {
    let step = compiled(state: try constant([0, 0]), on: .reference) {
      (w: inout Tensor, target: Tensor) in
      let (loss, _, gradient) = valueAndGradient(at: w) { w in
        (square(w - target).sum(), [Tensor]())
      }
      w -= 0.25 * gradient
      return loss
    }
    var losses: [Double] = []
    for _ in 0..<30 { losses += try await elements(step(try constant([3, -4]))) }
    #expect(losses.first == 25)
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    #expect(agree(try await elements(step.snapshot()), [3, -4], within: 1e-8))
  }

  @Test("each shape is traced once, and all share the state")
  func shapes() async throws {
    let traces = Mutex(0)
    let step = compiled(state: Tensor(HostTensor(0 as Float)), on: .reference) {
      (total: inout Tensor, x: Tensor) in
      traces.withLock { $0 += 1 }
      total += x.sum()
      return total
    }
    for count in [3, 2, 3, 2, 3] {
      _ = try await step(Tensor(HostTensor([Float](repeating: 1, count: count))))
    }
    #expect(traces.withLock { $0 } == 2)
    #expect(try await step.snapshot().constant == HostTensor(13 as Float))
  }

  @Test("several inputs, trees of inputs, and inputs that must be computed first")
  func inputs() async throws {
    let step = compiled(state: [Tensor](), on: .reference) {
      (_: inout [Tensor], x: Tensor, pair: [Tensor], scale: Tensor?) in
      ["sum": x + pair[0] * pair[1], "scaled": x * (scale ?? 1)]
    }
    let five = Tensor(HostTensor(2 as Float)) + 3
    let result = try await step(five, [Tensor(HostTensor(2 as Float)), five], nil)
    #expect(result["sum"]?.constant == HostTensor(15 as Float))
    #expect(result["scaled"]?.constant == HostTensor(5 as Float))
    let scaled = try await step(five, [five, five], five)
    #expect(scaled["scaled"]?.constant == HostTensor(25 as Float))
  }

  @Test("an error inside names its place, and the step goes on afterwards with its state")
  func errors() async throws {
    let step = compiled(state: Tensor(HostTensor([1, 2] as [Float])), on: .reference) {
      (w: inout Tensor, x: Tensor) in
      w += x
      return w
    }
    _ = try await step(Tensor(HostTensor([1, 1] as [Float])))
    do {
      _ = try await step(Tensor(HostTensor([1, 1, 1] as [Float])))
      Issue.record("shapes [2] and [3] were added")
    } catch {
      #expect("\(error)".contains("add: f32[2] and f32[3] do not fit (StepTests.swift:"))
    }
    #expect(try await step.snapshot().constant == HostTensor([2, 3] as [Float]))
    #expect(
      try await step(Tensor(HostTensor([1, 1] as [Float]))).constant
        == HostTensor([3, 4] as [Float]))
  }

  @Test("what the body throws is thrown")
  func throwing() async {
    let step = compiled(state: Tensor(1), on: .reference) { (_: inout Tensor) throws -> Tensor in
      throw TensorError.cannotJoin("no reason")
    }
    await #expect(throws: TensorError.cannotJoin("no reason")) { _ = try await step() }
  }

  @Test("a body that changes the number of tensors in its state is refused")
  func growing() async {
    let step = compiled(state: [Tensor(1)], on: .reference) { (state: inout [Tensor]) -> Tensor in
      state.append(2)
      return 0
    }
    await #expect(throws: GraphError.self) { _ = try await step() }
  }

  @Test("two tensors of a state may change places")
  func swapping() async throws {
    let step = compiled(state: [Tensor(1), Tensor(2)], on: .reference) {
      (state: inout [Tensor]) -> [Tensor] in
      state.swapAt(0, 1)
      return state
    }
    #expect(try await step().map(\.constant) == [HostTensor(2 as Float), HostTensor(1 as Float)])
    #expect(try await step().map(\.constant) == [HostTensor(1 as Float), HostTensor(2 as Float)])
  }

  @Test("concurrent calls lose no update")
  func concurrent() async throws {
    let step = compiled(state: Tensor(HostTensor(0 as Int64)), on: .reference) {
      (total: inout Tensor, x: Tensor) in
      total += x
      return total
    }
    let seen = try await withThrowingTaskGroup(of: HostTensor?.self) { group in
      for _ in 0..<100 {
        group.addTask { try await step(Tensor(HostTensor(1 as Int64))).constant }
      }
      return try await group.reduce(into: Set<HostTensor?>()) { $0.insert($1) }
    }
    #expect(seen.count == 100)
    #expect(try await step.snapshot().constant == HostTensor(100 as Int64))
  }
}
