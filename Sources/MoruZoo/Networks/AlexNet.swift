import MoruGraph
import MoruLayers
import MoruTensors

/// Five convolutions and three wide layers, on one device: the widths of torchvision, which follows
/// Krizhevsky 2014, arXiv:1404.5997.
extension Architecture {
  static let alexNets = [alexNet]

  /// The network that won ImageNet's contest of 2012.
  public static let alexNet = Architecture(
    "AlexNet", smallest: 63, definitions: [.torchvision],
    source: "Krizhevsky, Sutskever, Hinton 2012, doi:10.1145/3065386",
    preprocessing: { _ in .standardized },
    torchNames: TorchNames(flattened: ["fc1": [6, 6, 256]]) { alexNetModules[$0] }
  ) { input, drawing in
    func convolution(_ number: Int, _ filters: Int, _ x: Symbol) -> Symbol {
      Conv2D(
        filters, kernel: number == 2 ? 5 : 3, padding: .same, activation: .relu,
        name: "conv\(number)")(x)
    }
    func pooled(_ number: Int, _ x: Symbol) -> Symbol {
      MaxPooling2D(3, strides: 2, name: "pool\(number)")(x)
    }
    var x = ZeroPadding2D(2, name: "conv1_pad")(input)
    x = Conv2D(64, kernel: 11, strides: 4, activation: .relu, name: "conv1")(x)
    x = convolution(2, 192, pooled(1, x))
    x = convolution(3, 384, pooled(2, x))
    x = convolution(5, 256, convolution(4, 256, x))
    x = pooled(5, x)
    guard drawing.includeTop else { return drawing.pooled(x) }
    x = Flatten(name: "flatten")(AdaptiveAveragePooling2D(6, name: "avg_pool")(x))
    for number in 1...2 {
      x = Dropout(0.5, name: "dropout\(number)")(x)
      x = Dense(4096, activation: .relu, name: "fc\(number)")(x)
    }
    return Dense(drawing.classes, activation: drawing.activation, name: "predictions")(x)
  }

  private static let alexNetModules = [
    "conv1": "features.0", "conv2": "features.3", "conv3": "features.6", "conv4": "features.8",
    "conv5": "features.10", "fc1": "classifier.1", "fc2": "classifier.4",
    "predictions": "classifier.6",
  ]
}
