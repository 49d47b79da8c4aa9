import MoruData
import MoruModels

/// Where a training's batches come from when they are not rows of a data set in memory.
struct BatchFeed: Sendable {
  let batches: SampleStream<Dataset>
  /// Batches that are kept ready.
  let ahead: Int
  let signature: ModelSignature
  let objective: BoundObjective
  let classWeight: [Int: Double]?

  /// Reads batches from where a training stands, pass after pass.
  func reader(from position: TrainingPosition, _ plan: TrainingPlan) -> EndlessReader<Dataset> {
    EndlessReader(
      batches,
      from: position.stream ?? start(afterSteps: (position.epoch - 1) * plan.stepsPerEpoch),
      ahead: ahead)
  }

  /// Where a training goes on that has no record of its stream: epochs that count as done were
  /// passes where the stream's length is not known.
  private func start(afterSteps steps: Int) -> StreamPosition {
    guard let count = batches.count, count > 0 else { return StreamPosition() }
    return StreamPosition(pass: steps / count, element: steps % count)
  }

  /// A batch as the columns that a step is given.
  func columns(of batch: Dataset) throws -> Columns {
    try Columns(
      batch, signature: signature, objective: objective, classWeight: classWeight, supply: .fed)
  }
}
