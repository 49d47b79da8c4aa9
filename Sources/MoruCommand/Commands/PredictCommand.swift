internal import ArgumentParser
internal import Foundation
internal import MoruArchive
internal import MoruCPU
internal import MoruModels
internal import MoruWorkflow

/// `moru predict`
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Ask a model about pictures, rows of a table, or numbers.",
    discussion: """
      INPUT is a PNG or JPEG picture, a CSV file of rows, a .json file, or JSON itself: one sample \
      or a list of them. Each sample is answered by one line.

      Example: moru predict digits three.png
      """)

  @Argument(help: ArgumentHelp("NAME[:VERSION|@ALIAS], or a path.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("Files, or JSON.", valueName: "input"))
  var inputs: [String]
  @OptionGroup var processor: ExecutorOption
  @OptionGroup var workspace: WorkspaceOption
  @Flag(help: "Print one JSON object with all numbers in full.")
  var json = false

  func run() async throws {
    let found = try await ResolvedModel(
      ModelReference(parsing: model), store: workspace.existing)
    let signature = found.model.signature
    guard let input = signature.inputs.first, signature.inputs.count == 1,
      let answer = signature.outputs.first
    else {
      throw ModelError.inputNames(expected: signature.inputs.map(\.name), found: ["one input"])
    }
    // All is read before anything is answered: a bad file among many shows at once.
    let samples = try inputs.map { try PredictionInput($0, for: input) }
    let predictor = Predictor(found.model, on: processor.executor)
    var answers: [Answer] = []
    for sample in samples {
      let outputs = try await predictor.predict([sample.batch])
      let judgements = try outputs.first.map(answer.judgements) ?? []
      answers += zip(sample.names, judgements).map(Answer.init)
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

/// A model's answer to one sample.
struct Answer {
  /// What the sample is called.
  let name: String
  /// What the model says.
  let judgement: Judgement

  init(name: String, judgement: Judgement) {
    self.name = name
    self.judgement = judgement
  }

  /// One line for each answer; the likeliest classes first.
  static func text(_ answers: [Answer]) -> String {
    let rows = answers.map { answer -> [String] in
      switch answer.judgement {
      case .label(let label, let probabilities):
        let likely = probabilities.enumerated().sorted {
          ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset)
        }.prefix(3).map {
          "\($0.element.label) " + String(format: "%.4f", $0.element.probability)
        }
        return [answer.name, label, likely.joined(separator: "  ")]
      case .plainLabel(let label): return [answer.name, label, ""]
      case .value(let value, let name, let unit):
        return [answer.name, name, "\(Float(value))" + (unit.map { " \($0)" } ?? "")]
      case .numbers(let numbers):
        return [answer.name, "", numbers.map { "\(Float($0))" }.joined(separator: " ")]
      }
    }
    var table = TextTable(["input", "answer", "probabilities or value"], leftColumns: 3)
    rows.forEach { table.append($0) }
    return table.text
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
  var label: String?
  var probabilities: LabelledNumbers?
  var name: String?
  var value: Float?
  var unit: String?
  var values: [Float]?

  init(_ answer: Answer) {
    input = answer.name
    switch answer.judgement {
    case .label(let label, let probabilities):
      self.label = label
      self.probabilities = LabelledNumbers(
        pairs: probabilities.map { ($0.label, Float($0.probability)) })
    case .plainLabel(let label): self.label = label
    case .value(let value, let name, let unit):
      self.value = Float(value)
      self.name = name
      self.unit = unit
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
