internal import Foundation
internal import MoruArchive
public import MoruData
internal import MoruTensors

extension TrainingConfiguration {
  /// Pictures as trainings by this configuration will see them: in each row a sample as it is, then
  /// in some epochs.
  ///
  /// - Parameters:
  ///   - samples: Rows at most, at least 1, spread evenly over the classes' samples.
  ///   - epochs: Epochs that are shown, at least 1.
  /// - Throws: `DataError` naming file and line; `DataError.notAnImage` for data that are no
  ///   pictures; `WorkflowError.configuration` for settings that do not fit.
  public func contactSheet(samples: Int, epochs: Int) throws -> ContactSheet {
    let seed = Seed(training.seed)
    let data = try located { try PreparedData(self.data, seed: seed.child("split")) }.train
    return try ContactSheet(
      of: data, places: Self.spread(samples, over: data.known), passes: max(epochs, 1),
      augmentations: training.augmentation.map(\.augmentation), seed: training.augmentationSeed)
  }

  /// Places of samples of every class in turn, evenly over each class.
  private static func spread(_ wanted: Int, over data: Dataset) -> [Int] {
    let wanted = min(max(wanted, 1), data.count)
    let order =
      data.classes.map { classes in
        data.count == 0
          ? []
          : Array(0..<data.count).sorted { (classes.indices[$0], $0) < (classes.indices[$1], $1) }
      } ?? Array(0..<data.count)
    return (0..<wanted).map { order[$0 * data.count / wanted] }
  }
}
