import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruTensors

/// A data set as columns that live on an executor: inputs, target, and weights if samples do not
/// all count alike.
struct Columns: Sendable {
  let values: [HostTensor]
  let inputCount: Int
  let count: Int

  var inputTypes: [TensorType] { values[..<inputCount].map(\.type) }
  var targetType: TensorType { values[inputCount].type }
  var weightType: TensorType? { values.count > inputCount + 1 ? values[inputCount + 1].type : nil }

  /// The columns of a data set.
  ///
  /// - Parameter classWeight: How much samples of a class count; 1 for classes not named.
  /// - Throws: `TrainingError.noSamples`, `.noTarget`, or `.notClasses` for class weights without
  ///   classes.
  init(_ data: Dataset, classWeight: [Int: Double]? = nil) throws(TrainingError) {
    guard data.count > 0 else { throw .noSamples }
    guard data.count <= Int(Int32.max) else {
      throw .outOfRange("the number of samples", allowed: "at most \(Int32.max)")
    }
    guard let target = data.targets.first?.tensor else { throw .noTarget }
    var values = data.features.map(\.values) + [target]
    inputCount = data.features.count
    count = data.count
    if let classWeight {
      guard case .classes(let classes, _) = data.target else { throw .notClasses }
      values.append(HostTensor(classes.map { Float(classWeight[Int($0)] ?? 1) }))
    }
    self.values = values
  }

  /// Samples of zeros that fit a model.
  init(zerosFor signature: ModelSignature, loss: any Loss, count: Int) {
    let inputs = signature.inputs.map { input in
      HostTensor.zeros(Shape([count] + input.shape.dimensions), dtype: input.dtype)
    }
    let takesClasses =
      switch signature.outputs.first?.meaning {
      case .probabilities, .scores, .probability: true
      default: loss is SparseCategoricalCrossentropy
      }
    let target =
      takesClasses ? HostTensor.zeros([count], dtype: .int32) : .zeros([count, 1])
    values = inputs + [target]
    inputCount = inputs.count
    self.count = count
  }

  /// Placeholders for the whole columns.
  func placeholders() -> (inputs: [Tensor], target: Tensor, weights: Tensor?) {
    (
      inputTypes.map { .placeholder($0) }, .placeholder(targetType),
      weightType.map { .placeholder($0) }
    )
  }
}
