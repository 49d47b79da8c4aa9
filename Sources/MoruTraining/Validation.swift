public import MoruData
package import MoruTensors

/// What a training is watched on.
public enum Validation: Sendable {
  /// Nothing: all samples are learned from.
  case none
  /// A fraction of the samples, drawn at random by the seed, with each class's share if there are
  /// classes.
  case split(Double)
  /// Other samples.
  case data(Dataset)
  /// Batches of other samples, which are made anew each time: the first pass of the stream.
  case stream(SampleStream<Dataset>)
  /// Other samples, in memory or in files.
  case samples(SampleSet)
}

extension Validation {
  /// What is learned from, and what is watched on, of some samples.
  package func parts(of data: Dataset, seed: Seed) throws -> (train: Dataset, watched: Validation) {
    let (train, watched) = try parts(of: SampleSet(data), seed: seed)
    return (train.data ?? data, watched)
  }

  /// What is learned from, and what is watched on, of samples in memory or in files.
  package func parts(
    of samples: SampleSet, seed: Seed
  ) throws -> (train: SampleSet, watched: Validation) {
    switch self {
    case .none, .data, .stream: return (samples, self)
    case .samples(let others): return (samples, Self.of(others))
    case .split(let fraction):
      let parts = try samples.known.trainTestSplit(
        testFraction: fraction, stratified: samples.labels != nil, seed: seed.child("validation"))
      return (samples.changed { _ in parts.train }, Self.of(samples.changed { _ in parts.test }))
    }
  }

  private static func of(_ samples: SampleSet) -> Validation {
    samples.data.map { .data($0) } ?? .samples(samples)
  }
}
