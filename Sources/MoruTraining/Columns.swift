import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// Samples as columns: the model's inputs, a target for each part of an objective, and weights if
/// samples do not all count alike.
struct Columns: Sendable {
  /// How steps come by the columns.
  enum Supply: Sendable {
    /// They are a whole data set that lives on the executor; a step is told which rows it takes.
    case resident
    /// They are one batch, and each step is given its own.
    case fed
  }

  let inputs: [HostTensor]
  let targets: [HostTensor]
  let weights: HostTensor?
  let count: Int
  let supply: Supply

  /// What lives on the executor from step to step.
  var residentValues: [HostTensor] { supply == .resident ? values : [] }

  /// All columns, in the order in which step graphs list them.
  var values: [HostTensor] { inputs + targets + (weights.map { [$0] } ?? []) }
  var targetTypes: [TensorType] { targets.map(\.type) }

  /// The columns of a data set.
  ///
  /// - Parameters:
  ///   - classWeight: How much samples of a class count; 1 for classes not named.
  ///   - supply: How steps come by them. Of fed ones the first axis of samples may have other
  ///     lengths than the model was made for.
  /// - Throws: `TrainingError.noSamples`, `.missing` for an input or a target that the data do not
  ///   have, or `.notClasses` for class weights without classes; `ModelError.inputType` for a
  ///   feature of another type than the model's input.
  init(
    _ data: Dataset, signature: ModelSignature, objective: BoundObjective,
    classWeight: [Int: Double]? = nil, supply: Supply = .resident
  ) throws {
    guard data.count > 0 else { throw TrainingError.noSamples }
    guard data.count <= Int(Int32.max) else {
      throw TrainingError.outOfRange(
        "the number of samples", allowed: "at most \(Int32.max)")
    }
    inputs = try data.inputs(of: signature, anyLength: supply == .fed)
    self.supply = supply
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
        case .labelSet, .value, .forecast, .numbers: part.loss is SparseCategoricalCrossentropy
        }
      if takesClasses { return .zeros([count], dtype: .int32) }
      // Quantiles are all of one number that comes true.
      let shape = output.shape.dimensions.dropLast(part.loss is Pinball ? 1 : 0)
      return .zeros(Shape([count] + shape))
    }
    weights = nil
    supply = .resident
    self.count = count
  }

  /// The samples of one step while its graph is drawn.
  struct Batch {
    let inputs: [Tensor]
    let targets: [Tensor]
    let weights: Tensor?
    /// What a run of the graph is given.
    let graphInputs: [Tensor]
    /// What the graph finds on the executor.
    let resident: [Tensor]
  }

  /// Draws a step's samples: rows of the columns on the executor, or the columns that it is given.
  func batch(_ count: Int) -> Batch {
    let columns = values.map { Tensor.placeholder($0.type) }
    let indices = Tensor.placeholder(TensorType(.int32, [count]))
    let drawn = supply == .resident ? columns.map { $0.gathered(indices) } : columns
    return Batch(
      inputs: Array(drawn[..<inputs.count]),
      targets: Array(drawn[inputs.count..<inputs.count + targets.count]),
      weights: weights == nil ? nil : drawn.last,
      graphInputs: supply == .resident ? [indices] : columns,
      resident: supply == .resident ? columns : [])
  }

  /// What a run of a step's graph is given for the first samples.
  func firstInputs(_ count: Int) -> [HostTensor] {
    supply == .resident ? [HostTensor((0..<count).map { Int32($0) })] : values
  }
}
