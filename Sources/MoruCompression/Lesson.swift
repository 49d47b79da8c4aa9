import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors
import MoruTraining

/// What a student learns in a distillation: the labels, and beside them its teacher's answers.
struct Lesson {
  private let distillation: Distillation
  private let signature: ModelSignature
  private let labels: String
  private let answers: String
  /// The losses of the student's output under both of its names.
  let objective: Objective

  /// - Throws: `CompressionError`, `TrainingError` for data without one target.
  init(_ distillation: Distillation, of data: Dataset) throws {
    let (share, temperature) = (distillation.share, distillation.temperature)
    guard (0...1).contains(share) else {
      throw CompressionError.outOfRange("share", found: "\(share)", allowed: "from 0 to 1")
    }
    guard temperature > 0, temperature.isFinite else {
      throw CompressionError.outOfRange("temperature", found: "\(temperature)", allowed: "above 0")
    }
    let outputs = distillation.teacher.signature.outputs
    guard outputs.count == 1 else {
      throw CompressionError.teacher("has \(outputs.count) outputs. Take one that has one")
    }
    guard data.targets.count == 1, let target = data.targets.first else {
      throw TrainingError.noTarget
    }
    let plain =
      distillation.objective ?? distillation.teacher.training?.objective
      ?? Objective(fitting: outputs)
    guard let part = plain?.parts.first, let plain, plain.parts.count == 1, let loss = part.loss
    else { throw TrainingError.noObjective }
    labels = target.name
    answers = target.name + "_teacher"
    objective = Objective(
      losses: [labels: loss, answers: try Self.distance(outputs[0], distillation, data)],
      metrics: [labels: part.metrics],
      lossWeights: [labels: 1 - share, answers: share])
    let objective = Objective(loss: loss, metrics: part.metrics)
    signature = try ModelSignature(
      layer: distillation.student, data: data, objective: objective)
    self.distillation = distillation
    let (found, needed) = (signature.outputs[0].shape, outputs[0].shape)
    guard signature.outputs.count == 1, found == needed else {
      throw CompressionError.student(found: "\(found)", needed: "\(needed)")
    }
  }

  /// How far the student is from its teacher, by what that gives.
  private static func distance(
    _ output: ModelOutput, _ distillation: Distillation, _ data: Dataset
  ) throws -> any Loss {
    let temperature = distillation.temperature
    func check(_ labels: [String]) throws(CompressionError) {
      guard data.labels == nil || data.labels == labels else {
        throw .teacher("knows other classes than the data, or in another order")
      }
    }
    switch output.meaning {
    case .probabilities(let labels):
      try check(labels)
      return .softTargetDivergence(temperature: temperature)
    case .scores(let labels):
      try check(labels)
      return .softTargetDivergence(temperature: temperature, fromLogits: true)
    case .value, .numbers, .forecast: return .meanSquaredError
    case .probability(let labels), .labelSet(let labels, _):
      try check(labels)
      return .binaryCrossentropy
    }
  }

  /// The student, whose output has two names.
  func pair() throws -> Model {
    let inputs = signature.inputs.map { Input($0.shape, dtype: $0.dtype) }
    let output = distillation.student(inputs)
    return try Model(
      inputs, signature.inputs.map(\.name), [output, output], [labels, answers])
  }

  /// Samples beside which the teacher's answers stand.
  func withAnswers(_ data: Dataset) async throws -> Dataset {
    let values = try await distillation.teacher.predict(data, on: distillation.executor)
    return try data.with(
      targets: data.targets + [Dataset.Target(name: answers, values: .tensor(values))])
  }

  /// Batches of changed samples, beside which the teacher's answers stand.
  func batches(of data: Dataset, seed: Seed) -> SampleStream<Dataset> {
    let batches = data.batches(
      of: distillation.stage.batchSize, augmentedBy: distillation.augmentation, seed: seed)
    return SampleStream(source: "\(data.source) with answers", count: batches.count) { pass in
      batches.pass(pass).map { try await withAnswers($0) }
    }
  }

  /// The student's starting weights, by the paths that they have in `pair()`.
  ///
  /// - Throws: `LayerError` for weights that it does not have, or has in another shape.
  func startingWeights(of pair: Model) throws -> [String: HostTensor] {
    let given = distillation.startingWeights
    guard !given.isEmpty else { return [:] }
    let types = signature.inputs.map(\.type)
    let own = try distillation.student.declaration(inputs: types)
    try own.check(given)
    let paths = try pair.declaration(inputs: types).weights.map(\.path)
    return Dictionary(
      uniqueKeysWithValues: zip(own.weights, paths).compactMap { weight, path in
        given[weight.path].map { (path, $0) }
      })
  }

  /// What was taught as a model of its own, which takes and gives what its teacher does.
  func student(from taught: TrainedModel) throws -> TrainedModel {
    let teachers = distillation.teacher.signature
    let inputs = signature.inputs.map { own in
      teachers.inputs.first { input in
        (input.name == own.name || teachers.inputs.count == 1) && input.type == own.type
      } ?? own
    }
    let declaration = try distillation.student.declaration(inputs: inputs.map(\.type))
    return try TrainedModel(
      layer: distillation.student,
      weights: Dictionary(
        uniqueKeysWithValues: zip(declaration.weights.map(\.path), taught.orderedWeights)),
      signature: ModelSignature(inputs: inputs, outputs: teachers.outputs),
      training: taught.training.map(plainRecord))
  }

  /// The record of a training as one of the labels alone.
  private func plainRecord(_ record: TrainingRecord) -> TrainingRecord {
    let part = objective.parts.first { $0.output == labels }
    let epochs = record.epochs.map { epoch in
      let figures = epoch.figures.compactMap { name, value -> (String, Double)? in
        let (start, rest) =
          name.hasPrefix("val_") ? ("val_", name.dropFirst(4)) : ("", Substring(name))
        guard !rest.hasPrefix(answers + "_") else { return nil }
        return (start + rest.trimmingPrefix(labels + "_"), value)
      }
      return TrainingRecord.Epoch(
        number: epoch.number, figures: Dictionary(figures) { first, _ in first })
    }
    return TrainingRecord(
      learner: distillation.name, seed: record.seed,
      objective: part.flatMap { part in
        part.loss.map { Objective(loss: $0, metrics: part.metrics) }
      } ?? record.objective,
      batchSize: record.batchSize, accumulatingSteps: record.accumulatingSteps ?? 1,
      precision: record.precision ?? .float32, samples: record.samples, epochs: epochs,
      keptEpoch: record.keptEpoch, dataChecksum: record.dataChecksum)
  }
}
