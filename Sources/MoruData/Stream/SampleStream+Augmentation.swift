public import MoruTensors

extension SampleStream where Element == Sample {
  /// Samples changed at random, another way in each pass: pictures (features UInt8
  /// `[height, width, 1 or 3]`) by the list's augmentations of pictures, series (Float32
  /// `[time, features]`) by those of series. Those that mix batches come after `batched`; see
  /// `mixed`.
  ///
  /// - Parameters:
  ///   - augmentations: Done in this order.
  ///   - seed: Decides them, for each sample and pass anew.
  ///   - workers: Threads that work at the same time.
  public func augmented(
    by augmentations: [any Augmentation], seed: Seed, workers: Int = standardWorkers
  ) -> SampleStream<Sample> {
    guard augmentations.contains(where: { !($0 is any BatchAugmentation) }) else { return self }
    return map(seed: seed.child("augmentation"), workers: workers) { sample, seed in
      try augmentations.augmented(sample, seed: seed)
    }
  }
}

extension [any Augmentation] {
  /// A sample changed at random: pictures and series; see `SampleStream.augmented`.
  ///
  /// - Throws: `DataError.notAnImage` for a feature of bytes that is no picture.
  public func augmented(_ sample: Sample, seed: Seed) throws(DataError) -> Sample {
    var result = sample
    for (place, feature) in sample.features.enumerated() {
      let (values, seed) = (feature.values, seed.child(place))
      var changed = values
      if values.dtype == .uint8, values.shape.rank == 3 {
        var picture = PictureSample(try Picture(values))
        picture.apply(operations(for: picture.frame, seed: seed))
        changed = picture.pixels
      } else if case .float32(let numbers) = values.values, values.shape.rank == 2 {
        changed = augmented(numbers, shape: values.shape, seed: seed)
      }
      result.features[place] = Dataset.Feature(name: feature.name, values: changed)
    }
    return result
  }

  private func augmented(_ numbers: [Float], shape: Shape, seed: Seed) -> HostTensor {
    var series = Series(features: shape[1], values: numbers)
    for (place, augmentation) in enumerated() {
      guard let augmentation = augmentation as? any SeriesAugmentation else { continue }
      var generator = seed.child(place).generator
      series = augmentation.augmented(series, using: &generator)
    }
    return HostTensor(shape: shape) { (target: UnsafeMutableBufferPointer<Float>) in
      _ = target.initialize(fromContentsOf: series.values)
    }
  }
}
