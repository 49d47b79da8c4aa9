public import MoruData

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
