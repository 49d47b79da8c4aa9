public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruModels
import MoruOptimizers
public import MoruTensors
public import MoruTraining

/// Teaches a smaller network to answer as the model does: its own network with fewer channels, or another one.
///
/// A narrower network starts from the model's filters of the greatest magnitudes, as `ChannelPruning` leaves
/// them; another one starts anew.
///
/// - Source: Hinton, Vinyals, Dean 2015, arXiv:1503.02531.
public struct Student: Compression {
  private enum Structure: Sendable {
    case narrower
    case network(any Layer)
  }

  public static let name = "student"
  /// What tables and messages call it, to tell several students apart.
  public var title = Self.name
  /// How much goes: of each layer's channels and units for the model's own network, of the number of all
  /// weights for another one.
  public var shares: [Double]
  /// How the student is trained.
  public var stage: TrainingStage
  /// How much the teacher's small probabilities count, as in `Distillation`.
  public var temperature = 3.0
  /// How much of the loss is the distance from the teacher, as `share` in `Distillation`.
  public var teacherShare = 0.9
  /// Random changes of the samples; the teacher sees them changed, too.
  public var augmentation: [any Augmentation] = []
  private let structure: Structure

  /// The model's own network with a share of the channels of each convolution and the units of each dense
  /// layer but the last, of which as many go as `pruningChannels` takes away.
  ///
  /// - Parameters:
  ///   - widths: The shares that stay, between 0 and 1, from large to small.
  ///   - stage: How each is trained.
  public init(widths: [Double] = [0.5, 0.25], stage: TrainingStage = .recovery) {
    structure = .narrower
    shares = widths.map { 1 - $0 }
    self.stage = stage
  }

  /// Another network.
  ///
  /// - Parameters:
  ///   - network: What learns.
  ///   - model: What it learns from, which must hold more numbers.
  ///   - stage: How it is trained.
  /// - Throws: `CompressionError.largeStudent`, `.student` if it gives outputs of other shapes than the model;
  ///   `GraphError` or `LayerError` if the network is not defined for what the model takes.
  public init(_ network: any Layer, of model: TrainedModel, stage: TrainingStage) throws {
    let declaration = try network.declaration(inputs: model.signature.inputs.map(\.type))
    let count = declaration.weights.reduce(0) { $0 + $1.type.shape.elementCount }
    let teachers = model.weights.values.reduce(0) { $0 + $1.count }
    guard count < teachers else {
      throw CompressionError.largeStudent(weights: count, teachers: teachers)
    }
    let (found, needed) = (
      declaration.outputs.map { Array($0.shape.dropFirst()) },
      model.signature.outputs.map(\.shape.dimensions)
    )
    guard found == needed else {
      throw CompressionError.student(found: "\(found)", needed: "\(needed)")
    }
    structure = .network(network)
    shares = [1 - Double(count) / Double(teachers)]
    self.stage = stage
  }

  public func compressed(
    _ model: TrainedModel, share: Double, on data: Dataset, seed: Seed, executor: any Executor
  ) async throws -> TrainedModel {
    var distillation: Distillation
    switch structure {
    case .narrower:
      let narrow = try model.pruningChannels(share)
      distillation = Distillation(from: model, to: narrow.layer, stage: stage)
      distillation.startingWeights = narrow.weights
    case .network(let network):
      distillation = Distillation(from: model, to: network, stage: stage)
    }
    distillation.temperature = temperature
    distillation.share = teacherShare
    distillation.augmentation = augmentation
    distillation.executor = executor
    return try await distillation.fit(data, seed: seed)
  }
}
