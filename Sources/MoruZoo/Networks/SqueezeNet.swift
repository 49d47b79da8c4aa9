import MoruLayers
import MoruTensors

/// Fire modules, and as many weights as AlexNet has in 50: both versions as torchvision has them.
extension Architecture {
  static let squeezeNets = [squeezeNet, squeezeNet1]

  /// The published network, of 7×7 windows first: version 1.0.
  public static let squeezeNet = squeezed(
    "SqueezeNet", filters: 96, kernel: 7, pooledAfter: [4, 8])
  /// The same with 3×3 windows and earlier pooling, at less than half the cost: version 1.1.
  public static let squeezeNet1 = squeezed(
    "SqueezeNet1_1", filters: 64, kernel: 3, pooledAfter: [3, 5])

  /// - Parameters:
  ///   - filters: Channels of the first convolution.
  ///   - kernel: Its window.
  ///   - pooledAfter: Numbers of the modules after which there is pooling.
  private static func squeezed(
    _ name: String, filters: Int, kernel: Int, pooledAfter: [Int]
  ) -> Architecture {
    Architecture(
      name, definitions: [.torchvision], source: "Iandola et al. 2016, arXiv:1602.07360",
      preprocessing: { _ in .standardized },
      torchNames: TorchNames { squeezedModule($0, pooledAfter) }
    ) { input, drawing in
      var sizes = drawing.inputShape.prefix(2).map { ($0 - kernel) / 2 + 1 }
      // Windows that begin inside and end outside count, too; what they see there is 0, as after any
      // activation.
      func pooled(_ x: Symbol, _ number: Int) -> Symbol {
        let missing = sizes.map { $0 % 2 == 0 ? 1 : 0 }
        sizes = sizes.map { $0 / 2 }
        let margins = Padding2D(top: 0, bottom: missing[0], left: 0, right: missing[1])
        let padded =
          missing == [0, 0] ? x : ZeroPadding2D(margins, name: "pool\(number)_pad")(x)
        return MaxPooling2D(3, strides: 2, name: "pool\(number)")(padded)
      }
      let first = Conv2D(
        filters, kernel: Size2D(kernel, kernel), strides: 2, activation: .relu,
        kernelInitializer: .heUniform, name: "conv1")
      var x = pooled(first(input), 1)
      for number in 2...9 {
        let width = 16 * (number / 2)
        x = FireModule(squeezed: width, expanded: 4 * width, name: "fire\(number)")(x)
        if pooledAfter.contains(number) { x = pooled(x, number) }
      }
      guard drawing.includeTop else { return drawing.pooled(x) }
      x = Dropout(0.5, name: "drop9")(x)
      x = Conv2D(
        drawing.classes, kernel: 1, activation: .relu,
        kernelInitializer: .randomNormal(standardDeviation: 0.01), name: "conv10")(x)
      x = GlobalAveragePooling2D(name: "avg_pool")(x)
      return Activation(drawing.activation, name: "predictions")(x)
    }
  }

  /// torchvision numbers convolutions, activations, modules and pooling alike.
  private static func squeezedModule(_ layer: String, _ pooledAfter: [Int]) -> String? {
    if layer == "conv1" { return "features.0" }
    if layer == "conv10" { return "classifier.1" }
    guard
      let number = layer.numbers(in: "fire#_squeeze")?[0]
        ?? layer.numbers(in: "fire#_expand#x#")?[0]
    else { return nil }
    let part = layer.split(separator: "_")[1]
    let place = number + 1 + pooledAfter.count { $0 < number }
    return "features.\(place).\(part)"
  }
}
