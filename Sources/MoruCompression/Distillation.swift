import MoruCPU
public import MoruData
public import MoruGraph
public import MoruLayers
public import MoruModels
public import MoruOptimizers
public import MoruTensors
public import MoruTraining

/// A small network that learns to answer as a large one does, which tells it more than the labels: how
/// alike the wrong classes are.
///
/// ```swift
/// let student = try await Distillation(from: teacher, to: small).fit(digits, seed: 0)
/// ```
///
/// The student makes `(1 − share) · loss + share · T² · KL(teacher ‖ student)` small, both sides'
/// probabilities taken at temperature `T`. In the second place stands, for labels each with a probability of
/// its own, the binary cross-entropy with the teacher's; for quantities the squared distance from its answer.
///
/// - Source: Hinton, Vinyals, Dean 2015, arXiv:1503.02531.
public struct Distillation: Learner {
  public var name = "distillation"
  /// What is followed.
  public var teacher: TrainedModel
  /// What learns.
  public var student: any Layer
  /// How much the teacher's small probabilities among several classes count, above 0.
  public var temperature = 3.0
  /// How much of the loss is the distance from the teacher, from 0 to 1.
  public var share = 0.9
  /// What some of the student's weights, by path, start as instead of the values that the seed gives them.
  public var startingWeights: [String: HostTensor] = [:]
  /// How the student is trained.
  public var stage: TrainingStage
  /// What the student learns of the labels, and what is reported; the teacher's if nil.
  public var objective: Objective?
  /// What training is watched on.
  public var validation = Validation.none
  /// Random changes of the samples; the teacher sees them changed, too.
  public var augmentation: [any Augmentation] = []
  /// Where it is trained.
  public var executor: any Executor = .cpu

  /// A student that follows a teacher.
  public init(
    from teacher: TrainedModel, to student: any Layer,
    stage: TrainingStage = TrainingStage(epochs: 10, batchSize: 64, optimizer: .adam())
  ) {
    self.teacher = teacher
    self.student = student
    self.stage = stage
  }

  /// Trains the student.
  ///
  /// - Returns: The student alone. It takes and gives what its teacher does: preparation of pictures and
  ///   tables, labels and the rule of decision are the teacher's.
  /// - Throws: `CompressionError` for settings out of range, a teacher of several outputs, and a student
  ///   that gives something else; `LayerError` for starting weights that it does not have; what training
  ///   throws.
  public func fit(_ data: Dataset, seed: Seed) async throws -> TrainedModel {
    let lesson = try Lesson(self, of: data)
    let (train, watched) = try validation.parts(of: data, seed: seed)
    let answered: Validation =
      if case .data(let data) = watched { .data(try await lesson.withAnswers(data)) } else {
        watched
      }
    let pair = try lesson.pair()
    let start = try lesson.startingWeights(of: pair)
    let fit = pair.fit
    let taught =
      if augmentation.isEmpty {
        try await fit(
          lesson.withAnswers(train), epochs: stage.epochs, batchSize: stage.batchSize,
          accumulatingSteps: stage.accumulatingSteps, optimizer: stage.optimizer,
          objective: lesson.objective, validation: answered, startingWeights: start,
          callbacks: stage.callbacks, seed: seed, on: executor)
      } else {
        try await fit(
          lesson.batches(of: train, seed: seed), epochs: stage.epochs,
          accumulatingSteps: stage.accumulatingSteps, optimizer: stage.optimizer,
          objective: lesson.objective, validation: answered, startingWeights: start,
          callbacks: stage.callbacks, seed: seed, on: executor)
      }
    return try lesson.student(from: taught)
  }
}
