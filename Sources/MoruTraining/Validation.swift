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
}

extension Validation {
  /// What is learned from, and what is watched on, of some samples.
  package func parts(of data: Dataset, seed: Seed) throws -> (train: Dataset, watched: Validation) {
    switch self {
    case .none, .data, .stream: return (data, self)
    case .split(let fraction):
      let parts = try data.trainTestSplit(
        testFraction: fraction, stratified: data.labels != nil, seed: seed.child("validation"))
      return (parts.train, .data(parts.test))
    }
  }
}
