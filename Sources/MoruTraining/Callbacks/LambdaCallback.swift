/// Calls closures as a training goes on.
public struct LambdaCallback: Callback {
  /// Called before the first epoch or after the last one.
  public typealias OnTraining = @Sendable (TrainingControl) async throws -> Void
  /// Called before an epoch or its validation, counted from 1 on.
  public typealias OnEpochBegan = @Sendable (_ epoch: Int, TrainingControl) async throws -> Void
  /// Called after some steps.
  public typealias OnStepsEnded = @Sendable (StepProgress, TrainingControl) async throws -> Void
  /// Called after an epoch's validation.
  public typealias OnValidationEnded =
    @Sendable (_ figures: [String: Double], TrainingControl) async throws -> Void
  /// Called after an epoch.
  public typealias OnEpochEnded = @Sendable (EpochReport, TrainingControl) async throws -> Void

  private let onTrainingBegan: OnTraining?
  private let onEpochBegan: OnEpochBegan?
  private let onStepsEnded: OnStepsEnded?
  private let onValidationBegan: OnEpochBegan?
  private let onValidationEnded: OnValidationEnded?
  private let onEpochEnded: OnEpochEnded?
  private let onTrainingEnded: OnTraining?
  public let stepInterval: Int?

  /// Calls the closures that are given at their events.
  ///
  /// - Parameter stepInterval: After how many steps `onStepsEnded` must be called; nil if that does
  ///   not matter.
  public init(
    onTrainingBegan: OnTraining? = nil, onEpochBegan: OnEpochBegan? = nil,
    onStepsEnded: OnStepsEnded? = nil, onValidationBegan: OnEpochBegan? = nil,
    onValidationEnded: OnValidationEnded? = nil, onEpochEnded: OnEpochEnded? = nil,
    onTrainingEnded: OnTraining? = nil, stepInterval: Int? = nil
  ) {
    self.onTrainingBegan = onTrainingBegan
    self.onEpochBegan = onEpochBegan
    self.onStepsEnded = onStepsEnded
    self.onValidationBegan = onValidationBegan
    self.onValidationEnded = onValidationEnded
    self.onEpochEnded = onEpochEnded
    self.onTrainingEnded = onTrainingEnded
    self.stepInterval = stepInterval.map { max($0, 1) }
  }

  public mutating func trainingBegan(_ training: TrainingControl) async throws {
    try await onTrainingBegan?(training)
  }

  public mutating func epochBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    try await onEpochBegan?(epoch, training)
  }

  public mutating func stepsEnded(
    _ progress: StepProgress, _ training: TrainingControl
  ) async throws {
    try await onStepsEnded?(progress, training)
  }

  public mutating func validationBegan(_ epoch: Int, _ training: TrainingControl) async throws {
    try await onValidationBegan?(epoch, training)
  }

  public mutating func validationEnded(
    _ figures: [String: Double], _ training: TrainingControl
  ) async throws {
    try await onValidationEnded?(figures, training)
  }

  public mutating func epochEnded(_ report: EpochReport, _ training: TrainingControl) async throws {
    try await onEpochEnded?(report, training)
  }

  public mutating func trainingEnded(_ training: TrainingControl) async throws {
    try await onTrainingEnded?(training)
  }
}

extension Callback where Self == LambdaCallback {
  /// Calls a closure after each epoch.
  public static func lambda(
    onEpochEnded: @escaping @Sendable (EpochReport, TrainingControl) async throws -> Void
  ) -> Self {
    .init(onEpochEnded: onEpochEnded)
  }
}
