public import MoruData
public import MoruTensors

/// A recipe that makes a model of samples: a classical learner, a network with its training settings,
/// or steps of preparation before either.
///
/// A learner is a value that carries nothing from one fit to the next: every fit begins anew from the
/// samples and the seed that it is given, and knows nothing of others. That is what makes a
/// cross-validation honest.
public protocol Learner: Sendable {
  /// What tables and messages call it, such as `logistic regression`.
  var name: String { get }

  /// Learns from samples.
  ///
  /// - Parameter data: Everything that may be learned from, scales and fills included.
  /// - Parameter seed: Decides every random choice.
  /// - Returns: A model that takes the features of such data, with all preparation inside.
  /// - Throws: If the samples are not what the recipe takes.
  func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel
}

/// A learner that is written down where it is used, such as a network and its settings.
///
/// ```swift
/// let network = NamedLearner("small network") { data, seed in
///   try await model.fit(data, epochs: 20, optimizer: Adam(), loss: loss, seed: seed)
/// }
/// ```
public struct NamedLearner: Learner {
  public let name: String
  private let learn: @Sendable (Dataset, Seed) async throws -> TrainedModel

  /// A learner of this name that does what `learn` says.
  public init(
    _ name: String, learn: @escaping @Sendable (Dataset, Seed) async throws -> TrainedModel
  ) {
    self.name = name
    self.learn = learn
  }

  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    try await learn(data, seed)
  }
}
