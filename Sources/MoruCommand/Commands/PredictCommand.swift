internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruMetrics
internal import MoruModels
internal import MoruWorkflow

/// `moru predict`
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Ask a model about pictures, rows of a table, texts, or numbers.",
    discussion: """
      INPUT is a PNG, JPEG, WebP or TIFF picture, a folder of them, a CSV or .jsonl file of rows, a .npy or .json \
      file, or JSON itself: one sample or a list of them. A model of texts takes a text itself, or a .txt file. Each sample is \
      answered by one line; of a time series a table goes in, and each step that comes is a line.

      Example: moru predict digits three.png
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("Files, JSON, or texts.", valueName: "input"))
  var inputs: [String]
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object with all numbers in full.")
  var json = false

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let signature = found.model.signature
    guard let input = signature.inputs.first, signature.inputs.count == 1 else {
      throw ModelError.inputNames(expected: signature.inputs.map(\.name), found: ["one input"])
    }
    let sources = try PredictionInput.sources(inputs, for: input)
    let predictor = Predictor(found.model, on: processor.executor)
    var answers: [Answer] = []
    // One after the other, since a folder may hold more pictures than memory does; nothing is said before
    // all could be read.
    for source in sources {
      let sample = try PredictionInput(source, for: input)
      let outputs = try await predictor.predict([sample.batch])
      let judgements = try zip(signature.outputs, outputs).map { try $0.judgements($1) }
      for (place, name) in sample.names.enumerated() {
        answers += zip(signature.outputs, judgements).map { output, judgements in
          Answer(
            name: name, output: signature.outputs.count > 1 ? output.name : nil,
            judgement: judgements[place], steps: sample.steps?[place])
        }
      }
    }
    if json {
      try Output(isJSON: true).json(
        PredictionsJSON(
          model: found.title, predictions: answers.map { AnswerJSON($0) }))
    } else {
      Output(isJSON: false).text(Answer.text(answers))
    }
  }
}

/// A model's answer to one sample: that of its only output, or of one of several.
struct Answer {
  /// What the sample is called.
  let name: String
  /// The output's name; nil for the only one.
  let output: String?
  /// What the model says.
  let judgement: Judgement
  /// When the steps of a forecast are; nil for other answers.
  let steps: [String]?

  /// One line for each answer; the likeliest classes first.
  static func text(_ answers: [Answer]) -> String {
    let rows = answers.flatMap { answer -> [[String]] in
      let name = answer.name + (answer.output.map { " \($0)" } ?? "")
      switch answer.judgement {
      case .label(let label, let probabilities): return [[name, label, likely(probabilities)]]
      case .scoredLabel(let label, let scores):
        return [[name, label, likely(scores.map { ($0.label, $0.score) })]]
      case .labels(let labels, let probabilities):
        return [[name, labels.joined(separator: ", "), likely(probabilities)]]
      case .value(let value, let title, let unit):
        return [[name, title, "\(Float(value))" + (unit.map { " \($0)" } ?? "")]]
      case .forecast(let steps, let quantiles):
        return steps.enumerated().map { place, values in
          [name, answer.steps?[place] ?? "+\(place + 1)", forecast(values, quantiles)]
        }
      case .numbers(let numbers):
        return [[name, "", numbers.map { "\(Float($0))" }.joined(separator: " ")]]
      }
    }
    var table = TextTable(["input", "answer", "probabilities, scores or value"], leftColumns: 3)
    rows.forEach { table.append($0) }
    return table.text
  }

  /// `421.3 (5 % 398.2, 95 % 440.1)`: the middle quantile, then the others.
  private static func forecast(_ values: [Double], _ quantiles: [Double]) -> String {
    let middle = ForecastFigures.middle(of: quantiles)
    let others = zip(quantiles, values).enumerated().filter { $0.offset != middle }.map {
      String(format: "%g %% ", (100 * $0.element.0)) + "\(Float($0.element.1))"
    }
    return "\(Float(values[middle]))"
      + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
  }

  /// The three greatest probabilities or scores, the first of equal ones first.
  private static func likely(_ probabilities: [(label: String, probability: Double)]) -> String {
    probabilities.enumerated().sorted {
      ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset)
    }.prefix(3).map {
      "\($0.element.label) " + String(format: "%.4f", $0.element.probability)
    }.joined(separator: "  ")
  }
}

/// Answers as JSON.
private struct PredictionsJSON: Encodable {
  let model: String
  let predictions: [AnswerJSON]
}

/// One answer as JSON. Numbers are Float32 as the model gave them: they read back as the same bits.
private struct AnswerJSON: Encodable {
  let input: String
  let output: String?
  var label: String?
  var labels: [String]?
  var probabilities: LabelledNumbers?
  var scores: LabelledNumbers?
  var name: String?
  var value: Float?
  var unit: String?
  var values: [Float]?
  var quantiles: [Double]?
  var steps: [Step]?

  /// A step of a forecast: when it is, and its quantiles.
  struct Step: Encodable {
    let time: String?
    let values: [Float]
  }

  init(_ answer: Answer) {
    input = answer.name
    output = answer.output
    func numbers(_ pairs: [(label: String, probability: Double)]) -> LabelledNumbers {
      LabelledNumbers(pairs: pairs.map { ($0.label, Float($0.probability)) })
    }
    switch answer.judgement {
    case .label(let label, let probabilities):
      self.label = label
      self.probabilities = numbers(probabilities)
    case .labels(let labels, let probabilities):
      self.labels = labels
      self.probabilities = numbers(probabilities)
    case .scoredLabel(let label, let scores):
      self.label = label
      self.scores = numbers(scores.map { ($0.label, $0.score) })
    case .value(let value, let name, let unit):
      self.value = Float(value)
      self.name = name
      self.unit = unit
    case .forecast(let steps, let quantiles):
      self.quantiles = quantiles
      self.steps = steps.enumerated().map { place, values in
        Step(time: answer.steps?[place], values: values.map { Float($0) })
      }
    case .numbers(let numbers): values = numbers.map { Float($0) }
    }
  }
}

/// Numbers by label, whose labels are kept as they are.
private struct LabelledNumbers: Encodable {
  let pairs: [(label: String, number: Float)]

  func encode(to encoder: any Encoder) throws {
    // A dictionary's keys, unlike coding keys, are left alone by the encoder's naming rule.
    var container = encoder.singleValueContainer()
    try container.encode(Dictionary(pairs) { first, _ in first })
  }
}
