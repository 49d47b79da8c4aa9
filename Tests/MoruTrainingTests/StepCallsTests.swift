import MoruTraining
import Testing

@Suite("Calls of an epoch's steps") struct StepCallsTests {
  @Test("begin with one step, and end where callbacks ask to be called", arguments: 1...3)
  func intervals(epoch: Int) {
    var calls = StepCalls(epoch: epoch, steps: 8, for: [LambdaCallback(stepInterval: 3)])
    let first = calls.next(at: 0)
    #expect(first == 1)
    for step in 1..<8 {
      let done = (epoch - 1) * 8 + step
      let count = calls.next(at: step)
      #expect(count >= 1 && count <= 3 - done % 3)
    }
    // Quick calls grow until only the interval limits them.
    for _ in 0..<100 { _ = calls.next(at: 0) }
    for step in 0..<8 {
      let done = (epoch - 1) * 8 + step
      let count = calls.next(at: step)
      #expect(count == 3 - done % 3)
    }
  }

  @Test("keep to the shortest interval, and grow to 1024 steps without one")
  func limits() {
    var calls = StepCalls(
      epoch: 1, steps: 5000,
      for: [LambdaCallback(stepInterval: 10), LambdaCallback(), LambdaCallback(stepInterval: 4)])
    var free = StepCalls(epoch: 1, steps: 5000, for: [])
    for _ in 0..<100 { _ = (calls.next(at: 0), free.next(at: 0)) }
    let counts = [calls.next(at: 0), calls.next(at: 8), free.next(at: 0)]
    #expect(counts == [4, 2, 1024])
  }
}
