package import Moru

/// A single layer draws one straight line: enough for AND and OR, not for XOR (Minsky, Papert 1969).
/// A hidden layer bends it.
package struct Perceptron: Lesson {
  package static let name = "xor"
  package static let claim =
    "A single layer learns AND and OR but not XOR; a hidden layer learns XOR."

  package struct Findings: LessonFindings {
    /// The loss by epoch and the accuracy at the end, by task.
    package let tasks: [(name: String, losses: [Double], accuracy: Double)]

    /// The accuracy at the end of a task.
    package func accuracy(of name: String) -> Double {
      tasks.first { $0.name == name }?.accuracy ?? .nan
    }

    package var summary: String {
      tasks.map { "\($0.name): \(Int(4 * $0.accuracy)) of 4 right" }.joined(separator: "\n")
    }

    package var chart: LineChart {
      LineChart(
        title: "Loss of a layer without and with a hidden layer before it",
        series: tasks.map { LineChart.Series(name: $0.name, values: $0.losses) })
    }
  }

  package init() {}

  package func run() async throws -> Findings {
    let layer = Sequential { Dense(1, activation: .sigmoid) }
    let network = Sequential {
      Dense(8, activation: .tanh)
      Dense(1, activation: .sigmoid)
    }
    var tasks: [(String, [Double], Double)] = []
    for (name, model, answers) in [
      ("AND", layer, [0, 0, 0, 1]), ("OR", layer, [0, 1, 1, 1]), ("XOR", layer, [0, 1, 1, 0]),
      ("XOR, hidden layer", network, [0, 1, 1, 0]),
    ] {
      let table = try Dataset(
        source: name,
        features: [.init(values: HostTensor([[Float(0), 0], [0, 1], [1, 0], [1, 1]]))],
        targets: .values(answers.map(Float.init)))
      let trained = try await model.fit(
        table, epochs: 300, batchSize: 4, optimizer: .adam(learningRate: 0.1),
        loss: .binaryCrossentropy, metrics: [.accuracy])
      let accuracy = try await trained.evaluate(table)[.accuracy]
      tasks.append((name, trained.history("loss"), accuracy))
    }
    return Findings(tasks: tasks)
  }
}
