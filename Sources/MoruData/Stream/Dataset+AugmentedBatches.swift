public import MoruTensors

extension Dataset {
  /// Batches of the samples in another order in each pass, changed at random each time.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch, at least 1.
  ///   - augmentations: The changes, in this order.
  ///   - seed: Decides order and changes.
  public func batches(
    of size: Int, augmentedBy augmentations: [any Augmentation], seed: Seed
  ) -> SampleStream<Dataset> {
    let changes = seed.child("stream")
    return samples.shuffled(seed: seed).augmented(by: augmentations, seed: changes).batched(size)
      .mixed(augmentations.compactMap { $0 as? any BatchAugmentation }, seed: changes)
  }
}
