import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import Testing

/// A cell as a user would write one: it counts, and adds what it sees to a trained start.
private struct SumCell: RecurrentCell {
  static let kind = "SumCell"
  var identity = Identity()
  var name: String? { nil }

  func stateShapes(for input: Shape) throws(Mismatch) -> [Shape] { [input, [input[0], 1]] }

  func step(
    _ x: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    let sum = states[0] + x * scope.parameter("scale", [1], initializer: .constant(2))
    let count = states[1] + 1
    return (sum + 10 * count, [sum, count])
  }
}

@Suite("Recurrent layers") struct RecurrentTests {
  private let x = Tensor(HostTensor((0..<24).map { Float($0 * 7 % 11) / 11 }))
    .reshaped(to: [2, 4, 3])

  private func weights(_ layer: any Layer) throws -> Weights {
    let declaration = try layer.declaration(inputs: [TensorType(.float32, [4, 3])])
    return try declaration.weights(from: declaration.initialValues(seed: 1))
  }

  static let layers: [any Layer] = [
    LSTM(3, returnState: true), GRU(3, returnState: true),
    GRU(3, resetAfter: false, returnState: true), SimpleRNN(3, returnState: true),
    RNN(StackedRNNCells([GRUCell(2), LSTMCell(3)]), returnState: true),
  ]

  @Test("go on from the states that they returned", arguments: layers.indices)
  func continuation(place: Int) async throws {
    let layer = Self.layers[place]
    var weights = try weights(layer)
    let whole = layer([x], &weights)
    let first = layer([x.sliced(0..<2, axis: 1)], &weights)
    let rest = layer([x.sliced(2..<4, axis: 1)] + first.dropFirst(), &weights)
    #expect(whole.count == rest.count)
    for (one, other) in zip(whole, rest) {
      #expect(try await numbers(one) == numbers(other))
    }
  }

  @Test("walk with cells of one's own")
  func customCell() async throws {
    let layer = RNN(SumCell(), returnSequences: true, returnState: true)
    var weights = Weights(parameters: ["scale": Tensor(HostTensor([2] as [Float]))])
    let x = Tensor(HostTensor([1, 2, 3] as [Float])).reshaped(to: [1, 3, 1])
    let made = layer([x], &weights)
    #expect(try await numbers(made[0]) == [12, 26, 42])
    #expect(try await numbers(made[1]) == [12])
    #expect(try await numbers(made[2]) == [3])
    let last = RNN(SumCell(), goBackwards: true)
    #expect(try await numbers(last([x], &weights)[0]) == [42])
  }

  @Test("as cells make the steps of the layer")
  func cell() async throws {
    let (layer, cell) = (LSTM(3, returnState: true), LSTMCell(3))
    var weights = try weights(layer)
    var states: [Tensor] = []
    for step in 0..<4 {
      let slice = x.sliced(step..<step + 1, axis: 1).reshaped(to: [2, 3])
      states = Array(cell([slice] + states, &weights).dropFirst())
    }
    let whole = layer([x], &weights)
    #expect(try await numbers(states[0]) == numbers(whole[1]))
    #expect(try await numbers(states[1]) == numbers(whole[2]))
  }

  @Test("dropout acts in training only, by the seed")
  func dropout() async throws {
    for layer: any Layer in [LSTM(3, dropout: 0.5), GRU(3, recurrentDropout: 0.5)] {
      var weights = try weights(layer)
      let still = try await numbers(layer(x, &weights))
      let first = try await numbers(layer(x, &weights, training: trainingSeed(1)))
      #expect(first != still)
      #expect(try await numbers(layer(x, &weights, training: trainingSeed(1))) == first)
    }
  }

  @Test("input dropout makes one choice for all steps")
  func commonDropout() async throws {
    let layer = SimpleRNN(1, useBias: false, dropout: 0.5, returnSequences: true)
    var weights = Weights(parameters: [
      "kernel": .ones([40, 1]), "recurrent_kernel": .zeros([1, 1]),
    ])
    let x = Tensor(HostTensor(repeating: Float(0.001), shape: [1, 6, 40]))
    #expect(try await Set(numbers(layer(x, &weights, training: trainingSeed(3)))).count == 1)
  }

  @Test("both directions have names and weights of their own, in files too")
  func bidirectional() throws {
    let layer = Bidirectional(LSTM(2, returnSequences: true))
    let names = ["kernel", "recurrent_kernel", "bias"]
    let paths = ["forward_lstm/", "backward_lstm/"].flatMap { side in names.map { side + $0 } }
    let input = TensorType(.float32, [4, 3])
    #expect(try layer.declaration(inputs: [input]).weights.map(\.path) == paths)
    #expect(try layer.declaration(inputs: [input]).outputs[0].shape == [1, 4, 4])
    let coder = LayerCoder()
    let short = try coder.layer(#"{"kind":"Bidirectional","layer":{"kind":"LSTM","units":2}}"#)
    #expect(try short.declaration(inputs: [input]).weights.map(\.path) == paths)
    let back = try coder.layer(try coder.json(layer))
    #expect(try back.declaration(inputs: [input]).weights.map(\.path) == paths)
  }

  @Test("say what they were given and what would help")
  func messages() {
    func text(_ layer: any Layer, _ shapes: [Shape]) -> String {
      let scope = Scope(weights: Weights())
      let y = scope.draw(Sequential([layer]), [.zeros(shapes[0])])
      return (y[0].error?.description ?? "accepted").replacing(/\ \([^ ]*:\d+\)/, with: "")
    }
    #expect(
      text(LSTM(2), [[3, 4]])
        == "lstm (LSTM): f32[3, 4] do not fit: its input has rank 2, not 3. "
        + "Pass [batch, time, features].")
    #expect(
      text(LSTM(0), [[3, 4, 2]])
        == "lstm (LSTM): f32[3, 4, 2] do not fit: it has 0 units. Ask for at least one.")
    #expect(
      text(ConvLSTM2D(2, kernel: 3), [[3, 4, 2]])
        == "conv_lstm2d (ConvLSTM2D): f32[3, 4, 2] do not fit: its input has rank 3, not 5. "
        + "Pass [batch, time, height, width, channels].")
    #expect(
      text(GRU(2, dropout: 1), [[3, 4, 2]])
        == "gru (GRU): f32[3, 4, 2] do not fit: its dropout rates are 1.0 and 0.0. "
        + "Choose rates of at least 0, below 1.")
    #expect(
      text(TimeDistributed(Dense(2)), [[3, 4]]).hasSuffix(
        "its input has rank 2, less than 3. Pass [batch, time, …]."))
    #expect(
      LayerCoder().refusal(#"{"kind":"LSTM","units":2,"resetAfter":true}"#).contains(
        #"LSTM has no setting "resetAfter""#))
    #expect(
      LayerCoder().refusal(#"{"kind":"LSTMCell","units":2,"returnSequences":true}"#).contains(
        #"LSTMCell has no setting "returnSequences""#))
    #expect(
      LayerCoder().refusal(#"{"kind":"RNN","cell":{"kind":"Dense","units":2}}"#).contains(
        "cell must be a cell such as LSTMCell, not Dense"))
    #expect(
      LayerCoder().refusal(#"{"kind":"Bidirectional","layer":"Flatten"}"#).contains(
        "layer must be a recurrent layer, not Flatten"))
  }
}
