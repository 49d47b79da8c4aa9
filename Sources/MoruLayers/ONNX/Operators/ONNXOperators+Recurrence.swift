import MoruGraph
import MoruTensors

extension ONNXOperators {
  /// Recurrent layers.
  static let recurrence: [String: ONNXRule] = [
    "LSTM": { try RecurrentNode($0, gates: 4, states: 2).outputs() },
    "GRU": { try RecurrentNode($0, gates: 3, states: 1).outputs() },
    "RNN": { try RecurrentNode($0, gates: 1, states: 1).outputs() },
  ]
}

/// A recurrent layer of one or two directions.
private struct RecurrentNode {
  private let call: ONNXCall
  private let gates: Int
  private let states: Int
  private let hidden: Int
  private let directions: Int
  private let isReversed: Bool
  private let isBatchFirst: Bool
  private let functions: [@Sendable (Tensor) -> Tensor]
  private let clips: Double?
  /// `[time, batch, features]`
  private let x: Tensor

  init(_ call: ONNXCall, gates: Int, states: Int) throws {
    self.call = call
    self.gates = gates
    self.states = states
    isBatchFirst = try call.flag("layout")
    let x = try call.value(0)
    let weights = try call.value(2)
    guard x.rank == 3, weights.rank == 3 else {
      throw Mismatch("its input is no sequence", "Check the file.")
    }
    self.x = isBatchFirst ? x.transposed([1, 0, 2]).plain : x.plain
    hidden = weights.shape[2]
    let direction = try call.expect(
      "direction", in: ["forward", "reverse", "bidirectional"], default: "forward")
    isReversed = direction == "reverse"
    directions = direction == "bidirectional" ? 2 : 1
    guard weights.shape == [directions, gates * hidden, hidden],
      try call.int("hidden_size", default: hidden) == hidden
    else { throw Mismatch("its weights have the shape \(weights.shape)", "Check the file.") }
    clips = try call.double("clip")
    let perDirection = gates == 1 ? 1 : gates - 1
    let standard =
      gates == 4 ? ["Sigmoid", "Tanh", "Tanh"] : ["Sigmoid", "Tanh"].suffix(perDirection)
    let names = try call.texts("activations") ?? (0..<directions).flatMap { _ in standard }
    guard names.count == directions * perDirection else {
      throw call.refused("activations", "\(names)", "Check the file.")
    }
    let (alphas, betas) = (
      try call.doubles("activation_alpha"), try call.doubles("activation_beta")
    )
    guard alphas == nil, betas == nil else {
      throw call.refused(
        "activation_alpha", "set", "Export the model with functions without settings.")
    }
    functions = try names.map { name in
      guard let function = Self.known[name.lowercased()] else {
        throw call.refused("activations", "\(name)", "Export the model with Sigmoid and Tanh.")
      }
      return function
    }
    if call.optional(4) != nil,
      try call.ints(4).contains(where: { $0 != x.shape[isBatchFirst ? 1 : 0] })
    {
      throw Mismatch("its sequences differ in length", "Export the model without sequence_lens.")
    }
  }

  private static let known: [String: @Sendable (Tensor) -> Tensor] = [
    "sigmoid": { sigmoid($0) }, "tanh": { tanh($0) }, "relu": { relu($0) },
    "softsign": { softsign($0) }, "softplus": { softplus($0) }, "affine": { $0 },
    "hardsigmoid": { steepHardSigmoid($0) },
  ]

  /// Y, the last states.
  func outputs() throws -> [ONNXValue] {
    var (sequences, lasts): ([Tensor], [[Tensor]]) = ([], [])
    for direction in 0..<directions {
      let (all, last) = try run(direction)
      sequences.append(try all.checked().expanded(at: 1))
      lasts.append(last.map { $0.expanded(at: 0) })
    }
    // [time, directions, batch, hidden], and [directions, batch, hidden] for each state.
    let y = ONNXValue(concatenate(sequences, axis: 1))
    let ends = (0..<states).map { state in ONNXValue(concatenate(lasts.map { $0[state] }, axis: 0))
    }
    guard isBatchFirst else { return [y] + ends }
    return [y.transposed([2, 0, 1, 3])] + ends.map { $0.transposed([1, 0, 2]) }
  }

  /// The slice of an input for one direction, without that axis.
  private func part(_ place: Int, _ direction: Int, _ shape: Shape) throws -> Tensor? {
    guard let value = call.optional(place) else { return nil }
    let isState = isBatchFirst && (place == 5 || place == 6)
    let whole = isState ? value.transposed([1, 0, 2]).plain : value.plain
    guard whole.shape.dimensions == [directions] + shape.dimensions else {
      throw Mismatch("input \(place) has the shape \(value.shape)", "Check the file.")
    }
    return whole.sliced(direction..<direction + 1).reshaped(to: shape)
  }

  private func run(_ direction: Int) throws -> (all: Tensor, last: [Tensor]) {
    let (time, batch, features) = (x.shape[0], x.shape[1], x.shape[2])
    guard time > 0,
      let kernel = try part(1, direction, [gates * hidden, features]),
      let recurrent = try part(2, direction, [gates * hidden, hidden])
    else { throw Mismatch("its weights are missing", "Check the file.") }
    let biases =
      try part(3, direction, [2 * gates * hidden]) ?? .zeros([2 * gates * hidden], dtype: x.dtype)
    let inputBias = biases.sliced(0..<gates * hidden)
    let recurrentBias = biases.sliced(gates * hidden..<2 * gates * hidden)
    let state: Shape = [batch, hidden]
    let starts = try (0..<states).map {
      try part(5 + $0, direction, state) ?? .zeros(state, dtype: x.dtype)
    }
    let peepholes = states == 2 ? try part(7, direction, [3 * hidden]) : nil
    let rule = DotGeneral(leftContracting: [2], rightContracting: [1])
    let projected = Tensor.apply(.dot(rule), x, kernel) + inputBias
    let loops = Array(functions[(functions.count / directions * direction)...])
    let cell = Cell(
      hidden: hidden, recurrent: recurrent, bias: recurrentBias, peepholes: peepholes,
      functions: loops, clip: clips,
      coupled: try call.flag("input_forget"), resetsAfter: try call.flag("linear_before_reset"))
    let loop = scan(starts, over: projected, reversed: isReversed || direction == 1) {
      states, step in
      let next =
        gates == 4
        ? cell.lstm(step, states) : gates == 3 ? cell.gru(step, states) : cell.rnn(step, states)
      return (next, next[0])
    }
    return (loop.outputs, loop.carry)
  }

  /// One step.
  private struct Cell {
    let hidden: Int
    /// `[gates · hidden, hidden]`
    let recurrent: Tensor
    let bias: Tensor
    let peepholes: Tensor?
    let functions: [@Sendable (Tensor) -> Tensor]
    let clip: Double?
    let coupled: Bool
    let resetsAfter: Bool

    private func clipped(_ x: Tensor) -> Tensor {
      guard let clip else { return x }
      return MoruGraph.clip(x, Tensor(-clip), Tensor(clip))
    }

    private func gate(_ x: Tensor, _ number: Int, axis: Int = -1) -> Tensor {
      x.sliced(number * hidden..<(number + 1) * hidden, axis: axis)
    }

    /// What the last state gives to some gates.
    private func product(_ h: Tensor, _ weights: Tensor) -> Tensor {
      .apply(.dot(DotGeneral(leftContracting: [1], rightContracting: [1])), h, weights)
    }

    /// Gates input, output, forget, cell.
    func lstm(_ step: Tensor, _ states: [Tensor]) -> [Tensor] {
      let (h, c) = (states[0], states[1])
      let all = step + product(h, recurrent) + bias
      func peep(_ number: Int, _ cell: Tensor) -> Tensor {
        peepholes.map { gate($0, number, axis: 0) * cell } ?? Tensor(0)
      }
      func opened(_ number: Int, _ peephole: Tensor) -> Tensor {
        functions[0](clipped(gate(all, number) + peephole))
      }
      let input = opened(0, peep(0, c))
      let forget = coupled ? 1 - input : opened(2, peep(2, c))
      let next = forget * c + input * functions[1](clipped(gate(all, 3)))
      let output = opened(1, peep(1, next))
      return [output * functions[2](next), next]
    }

    /// Gates update, reset, hidden.
    func gru(_ step: Tensor, _ states: [Tensor]) -> [Tensor] {
      let h = states[0]
      let both = 0..<2 * hidden
      let gates =
        step.sliced(both, axis: -1) + product(h, recurrent.sliced(both)) + bias.sliced(both)
      let update = functions[0](clipped(gate(gates, 0)))
      let reset = functions[0](clipped(gate(gates, 1)))
      let weights = gate(recurrent, 2, axis: 0)
      let offset = gate(bias, 2, axis: 0)
      let memory =
        resetsAfter ? reset * (product(h, weights) + offset) : product(reset * h, weights) + offset
      let candidate = functions[1](clipped(gate(step, 2) + memory))
      return [(1 - update) * candidate + update * h]
    }

    func rnn(_ step: Tensor, _ states: [Tensor]) -> [Tensor] {
      [functions[0](clipped(step + product(states[0], recurrent) + bias))]
    }
  }
}
