/// What the layers of a convolution with its normalization and activation are called; nil for names
/// made of the layers' kinds.
public struct LayerNames: Sendable {
  /// The layer that surrounds the input with zeros, where there is one.
  public var padding: String?
  /// The convolution.
  public var convolution: String?
  /// The batch normalization.
  public var normalization: String?
  /// The activation.
  public var activation: String?

  /// Names of layers.
  public init(
    _ convolution: String? = nil, _ normalization: String? = nil, _ activation: String? = nil,
    padding: String? = nil
  ) {
    self.convolution = convolution
    self.normalization = normalization
    self.activation = activation
    self.padding = padding
  }

  /// `NAME_conv`, `NAME_bn`, `NAME_relu` and `NAME_pad`.
  static func joined(_ name: String) -> LayerNames {
    LayerNames("\(name)_conv", "\(name)_bn", "\(name)_relu", padding: "\(name)_pad")
  }
}
