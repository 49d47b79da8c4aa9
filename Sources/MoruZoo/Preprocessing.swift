public import MoruLayers

/// What a network does to pixels of red, green and blue from 0 to 255 before its first layer.
public enum Preprocessing: Sendable {
  /// Nothing.
  case none
  /// `x / 255`: from 0 to 1.
  case unit
  /// `x / 127.5 − 1`: from −1 to 1.
  case symmetric
  /// `x / 128 − 1`: from −1 to nearly 1.
  case centred
  /// `(x / 255 − mean) / deviation` with mean and deviation of each channel in ImageNet.
  case standardized
  /// Blue, green and red less ImageNet's means, as Caffe has them.
  case blueGreenRed

  /// Whether it tells red, green and blue apart.
  var needsColours: Bool {
    switch self {
    case .none, .unit, .symmetric, .centred: false
    case .standardized, .blueGreenRed: true
    }
  }

  /// The layers that do it.
  public var layers: [any Layer] {
    let mean = [0.485, 0.456, 0.406]
    let deviation = [0.229, 0.224, 0.225]
    return switch self {
    case .none: []
    case .unit: [Rescaling(1 / 255.0, name: "rescaling")]
    case .symmetric: [Rescaling(1 / 127.5, offset: -1, name: "rescaling")]
    case .centred: [Rescaling(1 / 128.0, offset: -1, name: "rescaling")]
    case .standardized:
      [
        Rescaling(1 / 255.0, name: "rescaling"),
        Normalization(mean: mean, variance: deviation.map { $0 * $0 }, name: "normalization"),
      ]
    case .blueGreenRed:
      [
        Normalization(
          mean: [123.68, 116.779, 103.939], variance: [1, 1, 1], name: "normalization"),
        ReverseChannels(name: "reverse_channels"),
      ]
    }
  }
}
