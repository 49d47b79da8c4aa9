import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// A data set as columns that live on an executor: the model's inputs, a target for each part of an
/// objective, and weights if samples do not all count alike.
struct Columns: Sendable {
  let inputs: [HostTensor]
  let targets: [HostTensor]
  let weights: HostTensor?
  let count: Int

  /// All columns, in the order in which step graphs list them.
  var values: [HostTensor] { inputs + targets + (weights.map { [$0] } ?? []) }
  var targetTypes: [TensorType] { targets.map(\.type) }

  /// The columns of a data set.
  ///
  /// - Parameter classWeight: How much samples of a class count; 1 for classes not named.
  /// - Throws: `TrainingError.noSamples`, `.missing` for an input or a target that the data do not
  ///   have, or `.notClasses` for class weights without classes; `ModelError.inputType` for a feature
  ///   of another type than the model's input.
  init(
    _ data: Dataset, signature: ModelSignature, objective: BoundObjective,
    classWeight: [Int: Double]? = nil
  ) throws {
    guard data.count > 0 else { throw TrainingError.noSamples }
    guard data.count <= Int(Int32.max) else {
      throw TrainingError.outOfRange(
        "the number of samples", allowed: "at most \(Int32.max)")
    }
    inputs = try data.inputs(of: signature)
    let targets = try data.targets(of: objective)
    self.targets = targets.map(\.tensor)
    count = data.count
    var weights = data.sampleWeights
    if let classWeight {
      guard targets.count == 1, case .classes(let classes, _) = targets[0].values else {
        throw TrainingError.notClasses
      }
      let factors = classes.map { Float(classWeight[Int($0)] ?? 1) }
      weights = weights.map { zip($0, factors).map { $0 * $1 } } ?? factors
    }
    self.weights = weights.map { HostTensor($0) }
  }

  /// Samples of zeros that fit a model.
  init(zerosFor signature: ModelSignature, objective: BoundObjective, count: Int) {
    inputs = signature.inputs.map { input in
      .zeros(Shape([count] + input.shape.dimensions), dtype: input.dtype)
    }
    targets = objective.parts.map { part in
      let output = signature.outputs[part.place]
      let takesClasses =
        switch output.meaning {
        case .probabilities, .scores, .probability: true
        case .labelSet, .value, .numbers: part.loss is SparseCategoricalCrossentropy
        }
      return takesClasses
        ? .zeros([count], dtype: .int32) : .zeros(Shape([count] + output.shape.dimensions))
    }
    weights = nil
    self.count = count
  }

  /// Placeholders for the whole columns.
  struct Placeholders {
    let inputs: [Tensor]
    let targets: [Tensor]
    let weights: Tensor?

    /// In the order of `values`.
    var all: [Tensor] { inputs + targets + (weights.map { [$0] } ?? []) }
  }

  /// Placeholders for the whole columns.
  func placeholders() -> Placeholders {
    Placeholders(
      inputs: inputs.map { .placeholder($0.type) }, targets: targets.map { .placeholder($0.type) },
      weights: weights.map { .placeholder($0.type) })
  }
}
