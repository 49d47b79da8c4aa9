import MoruLayers
import MoruTensors

/// The first network that read the digits on cheques, as it is drawn today: every map of the second
/// convolution sees all maps of the first, and the last layer is dense.
extension Architecture {
  static let leNets = [leNet5]

  /// Two convolutions and three dense layers, with means in between and tanh throughout.
  public static let leNet5 = Architecture(
    "LeNet5", inputShape: [32, 32, 1], smallest: 16, classes: 10, definitions: [.paper],
    source: "LeCun et al. 1998, doi:10.1109/5.726791", preprocessing: { _ in .unit }
  ) { input, drawing in
    var x = Conv2D(6, kernel: 5, activation: .tanh, name: "c1")(input)
    x = AveragePooling2D(2, name: "s2")(x)
    x = Conv2D(16, kernel: 5, activation: .tanh, name: "c3")(x)
    x = AveragePooling2D(2, name: "s4")(x)
    guard drawing.includeTop else { return drawing.pooled(x) }
    x = Dense(120, activation: .tanh, name: "c5")(Flatten(name: "flatten")(x))
    x = Dense(84, activation: .tanh, name: "f6")(x)
    return Dense(drawing.classes, activation: drawing.activation, name: "predictions")(x)
  }
}
