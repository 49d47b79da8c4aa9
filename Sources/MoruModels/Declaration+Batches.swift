package import MoruLayers

extension Declaration {
  /// Checks that so many samples fill the batches for which layers keep states, if any do.
  ///
  /// - Throws: `ModelError.partialBatch`.
  package func checkBatches(of samples: Int) throws(ModelError) {
    guard let batchSize = statefulBatchSize, !samples.isMultiple(of: batchSize) else { return }
    throw .partialBatch(samples: samples, batchSize: batchSize)
  }
}
