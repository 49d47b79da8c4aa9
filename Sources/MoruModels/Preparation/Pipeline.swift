public import MoruData
import MoruGraph
import MoruLayers
public import MoruTensors

/// Preparation, balancing and a learner, which together are a learner: each step is fitted to what is
/// learned from and to nothing else, and the model that comes out has all of them inside.
///
/// ```swift
/// let pipeline = Pipeline(
///   [.simpleImputer(.median), .standardScaler()], balance: .resampled(.smote()), learner)
/// ```
///
/// What a balanced training says of probabilities is brought back to the class ratio of the data that
/// the pipeline was given, before anybody sees it.
public struct Pipeline: Learner {
  public let name: String
  /// The steps that become layers, first to last.
  public let preparations: [any Preparation]
  /// How unbalanced classes are learned.
  public let balance: Balance
  /// What learns from the prepared samples.
  public let learner: any Learner

  /// Steps before a learner.
  ///
  /// - Parameters:
  ///   - preparations: Steps that become layers of the model, first to last.
  ///   - balance: How unbalanced classes are learned, after those steps.
  ///   - learner: What learns from the prepared samples.
  ///   - name: What tables call it; the learner's name if nil.
  public init(
    _ preparations: [any Preparation] = [], balance: Balance = .none, _ learner: any Learner,
    name: String? = nil
  ) {
    self.preparations = preparations
    self.balance = balance
    self.learner = learner
    self.name = name ?? learner.name
  }

  /// - Throws: `ModelError.preparation` for samples of several features, `DataError.resampling` for such
  ///   as cannot be balanced, and what the learner throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let (steps, prepared) = try await prepared(data)
    let balanced = try balance.balanced(prepared, seed: seed.child("balance"))
    var model = try await learner.fit(balanced.data, seed: seed)
    if !steps.isEmpty {
      let name = model.signature.inputs[0].name
      model = try model.preceded(
        by: steps, input: ModelInput(data.signature[0], of: data, name: name))
    }
    return try balanced.correction.map { try model.corrected(by: $0) } ?? model
  }

  /// What all steps became, and what they make of the samples.
  private func prepared(_ data: Dataset) async throws -> ([FittedPreparation], Dataset) {
    guard !preparations.isEmpty else { return ([], data) }
    guard data.features.count == 1 else {
      throw ModelError.preparation(
        name, problem: "the samples have \(data.features.count) features",
        advice: "Prepare data of one feature, or use layers in the model.")
    }
    var steps: [FittedPreparation] = []
    var feature = data.features[0]
    for preparation in preparations {
      let fitted = try preparation.fitted(to: feature.values)
      let step = try TrainedModel(fitted, of: feature)
      feature = Dataset.Feature(
        name: feature.name, values: try await Predictor(step).predict([feature.values])[0])
      steps.append(fitted)
    }
    return (steps, try data.with(features: [feature]))
  }
}

extension TrainedModel {
  /// A step as a model of a feature.
  fileprivate init(_ step: FittedPreparation, of feature: Dataset.Feature) throws {
    let shape = Shape(Array(feature.values.shape.dropFirst()))
    let input = ModelInput(
      name: feature.name, dtype: feature.values.dtype, shape: shape, content: InputContent())
    let declaration = try step.layer.declaration(inputs: [input.type])
    let type = declaration.outputs[0]
    let output = ModelOutput(
      name: "output", dtype: type.dtype, shape: Shape(Array(type.shape.dropFirst())),
      meaning: .numbers)
    try self.init(
      layer: step.layer,
      weights: Dictionary(
        uniqueKeysWithValues: zip(declaration.weights.map(\.path), step.weights)),
      signature: ModelSignature(inputs: [input], outputs: [output]))
  }
}
