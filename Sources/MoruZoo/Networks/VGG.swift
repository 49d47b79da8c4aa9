import MoruGraph
import MoruLayers
import MoruTensors

/// Stacks of 3×3 convolutions, and three wide layers that hold most of the weights. torchvision brings
/// any picture to 7×7 places and drops half of the wide layers' units in training.
extension Architecture {
  static let vggs = [vgg16, vgg19]

  /// Thirteen convolutions and three dense layers.
  public static let vgg16 = vgg("VGG16", [2, 2, 3, 3, 3])
  /// Sixteen convolutions and three dense layers.
  public static let vgg19 = vgg("VGG19", [2, 2, 4, 4, 4])

  private static func vgg(_ name: String, _ counts: [Int]) -> Architecture {
    Architecture(
      name, definitions: [.keras, .torchvision],
      source: "Simonyan, Zisserman 2014, arXiv:1409.1556",
      preprocessing: { $0 == .keras ? .blueGreenRed : .standardized },
      torchNames: TorchNames(flattened: ["fc1": [7, 7, 512]]) { vggModule($0, counts) }
    ) { input, drawing in
      var x = input
      for (stage, (count, filters)) in zip(counts, [64, 128, 256, 512, 512]).enumerated() {
        for place in 0..<count {
          x = Conv2D(
            filters, kernel: 3, padding: .same, activation: .relu,
            name: "block\(stage + 1)_conv\(place + 1)")(x)
        }
        x = MaxPooling2D(2, strides: 2, name: "block\(stage + 1)_pool")(x)
      }
      guard drawing.includeTop else { return drawing.pooled(x) }
      if !drawing.isKeras { x = AdaptiveAveragePooling2D(7, name: "avg_pool")(x) }
      x = Flatten(name: "flatten")(x)
      for number in 1...2 {
        x = Dense(4096, activation: .relu, name: "fc\(number)")(x)
        if !drawing.isKeras { x = Dropout(0.5, name: "dropout\(number)")(x) }
      }
      return Dense(drawing.classes, activation: drawing.activation, name: "predictions")(x)
    }
  }

  /// torchvision numbers convolutions, activations and pooling alike.
  private static func vggModule(_ layer: String, _ counts: [Int]) -> String? {
    let dense = ["fc1": "classifier.0", "fc2": "classifier.3", "predictions": "classifier.6"]
    if let name = dense[layer] { return name }
    guard let numbers = layer.numbers(in: "block#_conv#"),
      (1...counts.count).contains(numbers[0])
    else { return nil }
    let before = counts.prefix(numbers[0] - 1).reduce(0) { $0 + 2 * $1 + 1 }
    return "features.\(before + 2 * (numbers[1] - 1))"
  }
}
