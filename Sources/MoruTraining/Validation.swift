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
}
