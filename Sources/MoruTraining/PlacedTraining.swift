package import MoruGraph

/// What lives on an executor while a training goes on, as far as callbacks may see it and change it.
package struct PlacedTraining: Sendable {
  /// Paths of the weights, in the order of `weights`.
  let weightPaths: [String]
  let weights: [any Resident]
  /// The number of updates done, i64.
  let iteration: any Resident
  /// The factor of the learning rate, f32, of each optimizer.
  let rateScales: [any Resident]
  /// What the optimizer keeps for each parameter, by path; nil where there are several optimizers.
  let slots: [String: [any Resident]]?
  /// The running means of parameters; empty if none are kept.
  let means: [any Resident]
  /// The parameters that have running means, in the order of `means`.
  let averaged: [any Resident]
  /// Everything that changes from step to step.
  let state: [any Resident]
  /// The figures of the epoch's steps so far.
  let figures: @Sendable () async throws -> [String: Double]

  package init(
    weightPaths: [String], weights: [any Resident], iteration: any Resident,
    rateScales: [any Resident], slots: [String: [any Resident]]? = nil, means: [any Resident],
    averaged: [any Resident], state: [any Resident],
    figures: @escaping @Sendable () async throws -> [String: Double]
  ) {
    self.weightPaths = weightPaths
    self.weights = weights
    self.iteration = iteration
    self.rateScales = rateScales
    self.slots = slots
    self.means = means
    self.averaged = averaged
    self.state = state
    self.figures = figures
  }
}
