internal import MoruArchive
internal import MoruData
internal import MoruTensors

extension TrainingSettings {
  /// The seed of all changes of samples, each by its place and epoch.
  var augmentationSeed: Seed { Seed(seed).child("stream") }

  /// Samples that are learned from as they are in memory; nil for such as are changed at random or stay in
  /// files, of which there are `batches(of:)`.
  func dataInMemory(_ samples: SampleSet) -> Dataset? {
    augmentation.isEmpty ? samples.data : nil
  }

  /// Batches of samples, changed at random if they are to be, with the same ones as in memory.
  func batches(of samples: SampleSet) -> SampleStream<Dataset> {
    let (augmentations, seed) = (augmentation.map(\.augmentation), Seed(seed))
    return augmentations.isEmpty
      ? samples.batches(of: batchSize, shuffledBy: seed)
      : samples.batches(of: batchSize, augmentedBy: augmentations, seed: seed)
  }

  /// Refuses augmentations that leave samples of another size than those that are judged.
  ///
  /// - Throws: `PlacedError` if a feature changes its shape; `DataError` if samples cannot be
  /// changed.
  func checkAugmentation(of data: SampleSet) throws {
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
