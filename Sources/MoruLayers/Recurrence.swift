import MoruGraph
import MoruTensors

/// What recurrent layers have in common: time comes first, dropout keeps its choice over time, and
/// sequences or last states are returned.
struct Recurrence {
  let kind: String
  let units: Int
  let stateCount: Int
  let dropout: Double
  let recurrentDropout: Double
  let returnSequences: Bool
  let returnState: Bool
  let goBackwards: Bool

  /// Draws a layer on `[batch, time, features]` and, optionally, states `[batch, units]`.
  ///
  /// - Parameters:
  ///   - project: What the inputs of all steps contribute: `[time, batch, features]` to
  ///     `[time, batch, …]`.
  ///   - step: Makes the next states, the output first, of a step's contribution and the present
  ///     states; `h` is the output after dropout.
  func draw(
    _ inputs: [Tensor], in scope: Scope, project: (Tensor) -> Tensor,
    step: (_ z: Tensor, _ h: Tensor, _ states: [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    if let mismatch = mismatch(inputs) { return [.failure(kind, inputs, mismatch)] }
    var x = inputs[0].floating()
    let (batch, features) = (x.shape[0], x.shape[2])
    x = x.transposed([1, 0, 2])
    if let mask = mask([batch, features], dropout, x.dtype, scope) { x = x * mask }
    let memory = mask([batch, units], recurrentDropout, x.dtype, scope)
    let given = inputs.dropFirst().map { $0.floating() }
    let zeros = Tensor.zeros([batch, units], dtype: x.dtype)
    let initial = given.isEmpty ? [Tensor](repeating: zeros, count: stateCount) : given
    let loop = scan(initial, over: project(x), reversed: goBackwards) { states, z in
      let next = step(z, memory.map { states[0] * $0 } ?? states[0], states)
      return (next, next[0])
    }
    let output = returnSequences ? sequence(loop.outputs) : loop.carry[0]
    return [output] + (returnState ? loop.carry : [])
  }

  /// The outputs in the order in which they were made, batch first.
  private func sequence(_ outputs: Tensor) -> Tensor {
    guard outputs.error == nil else { return outputs }
    return (goBackwards ? outputs.reversed(axes: [0]) : outputs).transposed([1, 0, 2])
  }

  private func mismatch(_ inputs: [Tensor]) -> Mismatch? {
    guard units >= 1 else { return Mismatch("it has \(units) units", "Ask for at least one.") }
    guard inputs.count == 1 || inputs.count == 1 + stateCount else {
      return Mismatch(
        "it takes one input, or \(1 + stateCount) with initial states, not \(inputs.count)",
        "Pass [batch, time, features], and no states or all of them.")
    }
    guard inputs[0].rank == 3 else {
      return Mismatch(
        "its input has rank \(inputs[0].rank), not 3", "Pass [batch, time, features].")
    }
    let state: Shape = [inputs[0].shape[0], units]
    guard inputs.dropFirst().allSatisfy({ $0.shape == state }) else {
      return Mismatch("its initial states are not of shape \(state)", "Pass [batch, units].")
    }
    guard (0..<1).contains(dropout), (0..<1).contains(recurrentDropout) else {
      return Mismatch(
        "its dropout rates are \(dropout) and \(recurrentDropout)",
        "Choose rates of at least 0, below 1.")
    }
    return nil
  }

  /// What dropped elements are multiplied with, in training.
  private func mask(_ shape: Shape, _ rate: Double, _ dtype: DType, _ scope: Scope) -> Tensor? {
    guard let seed = scope.seed, rate > 0 else { return nil }
    let draw = Tensor.randomUniform(
      shape, seed: seed, stream: scope.nextStream(), dtype: dtype)
    return select(draw .>= Tensor(rate), Tensor(1 / (1 - rate)), 0)
  }
}

extension Tensor {
  /// The `place`-th of the gates that lie side by side on the last axis.
  func gate(_ place: Int, of units: Int) -> Tensor {
    sliced(place * units..<(place + 1) * units, axis: -1)
  }
}
