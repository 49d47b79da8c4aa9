/// Whose network is meant where libraries draw one of the same name differently: biases, the place of
/// strides, how strided windows meet the border, what batch normalization adds to the variance.
///
/// Layers have the same names in all definitions of a network.
public enum Definition: String, Sendable, CaseIterable {
  /// Keras Applications.
  case keras
  /// torchvision: zeros go around strided windows evenly, and statistics follow faster.
  case torchvision
  /// The paper that describes the network, which neither library has.
  case paper
}
