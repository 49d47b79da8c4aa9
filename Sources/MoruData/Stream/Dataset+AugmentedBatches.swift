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
    SampleSet(self).batches(of: size, augmentedBy: augmentations, seed: seed)
  }
}
