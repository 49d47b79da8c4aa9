internal import MoruArchive
internal import MoruData
internal import MoruTensors

extension TrainingSettings {
  /// The seed of all changes of samples, each by its place and epoch.
  var augmentationSeed: Seed { Seed(seed).child("stream") }

  /// Batches of samples that are changed at random; nil if none are to be.
  func augmentedBatches(of data: Dataset) -> SampleStream<Dataset>? {
    let augmentations = augmentation.map(\.augmentation)
    guard !augmentations.isEmpty else { return nil }
    return data.batches(of: batchSize, augmentedBy: augmentations, seed: Seed(seed))
  }

  /// Refuses augmentations that leave samples of another size than those that are judged.
  ///
  /// - Throws: `PlacedError` if a feature changes its shape; `DataError` if samples cannot be
  /// changed.
  func checkAugmentation(of data: Dataset) throws {
    guard !augmentation.isEmpty, data.count > 0 else { return }
    let sample = try data.sample(0)
    let changed = try augmentation.map(\.augmentation)
      .augmented(sample, seed: augmentationSeed)
    for (before, after) in zip(sample.features, changed.features)
    where before.values.shape != after.values.shape {
      throw PlacedError(
        ConfigurationError.outOfRange(
          "augmentation", in: "training",
          allowed: "such that samples keep their size, \(before.values.shape), and not become "
            + "\(after.values.shape); bring all data to one size by data.imageSize"),
        at: ["training", "augmentation"].map(AnyKey.init(stringValue:)))
    }
  }
}
