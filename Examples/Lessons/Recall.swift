package import Moru

/// The first step is marked and shows one of four symbols, which is the answer; all others show
/// symbols at random. A simple recurrent network's memory is stirred at every step; the gates of LSTM
/// (Hochreiter, Schmidhuber 1997) and GRU (Cho et al. 2014, arXiv:1406.1078) learn to leave theirs
/// alone.
package struct Recall: Lesson {
  package static let name = "recall"
  package static let claim =
    "Over long sequences SimpleRNN forgets what the first step said; LSTM and GRU remember."

  package struct Findings: LessonFindings {
    /// The lengths of the sequences.
    package let lengths: [Int]
    /// For each kind of layer the accuracy on new sequences, by length.
    package let layers: [(name: String, accuracies: [Double])]

    /// The accuracy of a layer on sequences of the greatest length.
    package func accuracyAtTheEnd(of name: String) -> Double {
      layers.first { $0.name == name }?.accuracies.last ?? .nan
    }

    package var summary: String {
      layers.map { name, accuracies in
        let figures = zip(lengths, accuracies).map { "\($1.short) at \($0)" }
        return "\(name): accuracy " + figures.joined(separator: ", ")
      }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Who remembers the first step? Accuracy on new sequences",
        xTitle: "Steps", labels: lengths.map { "\($0)" },
        series: layers.map { .init(name: $0.name, values: $0.accuracies) })
    }
  }

  private let lengths = [5, 10, 20, 50, 100, 200]
  private static let symbols = 4
  private static let features = symbols + 1

  package init() {}

  package func run() async throws -> Findings {
    var layers: [(String, [Double])] = []
    for (name, layer) in [
      ("SimpleRNN", SimpleRNN(16)), ("LSTM", LSTM(16)), ("GRU", GRU(16)),
    ] as [(String, any Layer)] {
      layers.append((name, try await accuracies(of: layer)))
    }
    return Findings(lengths: lengths, layers: layers)
  }

  /// The accuracy by length of a network that learns the short sequences first and goes on from there.
  private func accuracies(of layer: any Layer) async throws -> [Double] {
    let model = Sequential([layer, Dense(Self.symbols, activation: .softmax)])
    var weights: [String: HostTensor]?
    var accuracies: [Double] = []
    for length in lengths {
      let train = try Self.sequences(count: 1024, length: length, seed: 1)
      let test = try Self.sequences(count: 512, length: length, seed: 2)
      let shape: Shape = [length, Self.features]
      let declaration = try model.declaration(inputs: [TensorType(.float32, shape)])
      let start = try TrainedModel(
        layer: model, weights: weights ?? declaration.initialValues(seed: 0),
        signature: ModelSignature(
          inputs: [.init(name: "input", dtype: .float32, shape: shape, content: .init())],
          outputs: [
            .init(name: "output", dtype: .float32, shape: [Self.symbols], meaning: .numbers)
          ]))
      let trained = try await start.fit(
        train, epochs: 20, optimizer: .adam(learningRate: 0.01).clipping(globalNorm: 1),
        loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
      weights = trained.weights
      accuracies.append(try await trained.evaluate(test)[.accuracy])
    }
    return accuracies
  }

  /// Sequences of symbols, one feature each, and a feature that marks the first step.
  private static func sequences(count: Int, length: Int, seed: Seed) throws -> Dataset {
    let drawn = seed.child(length).uniform(count: count * length).map { Int($0 * Double(symbols)) }
    var numbers = [Float](repeating: 0, count: count * length * features)
    for (step, symbol) in drawn.enumerated() {
      numbers[step * features + symbol] = 1
      if step.isMultiple(of: length) { numbers[step * features + symbols] = 1 }
    }
    return try Dataset(
      source: "recall",
      features: [.init(values: HostTensor(numbers, shape: [count, length, features]))],
      targets: .classes(
        stride(from: 0, to: drawn.count, by: length).map { Int32(drawn[$0]) },
        labels: (0..<symbols).map { "\($0)" }))
  }
}
