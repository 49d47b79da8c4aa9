import Moru

/// A network of the zoo without what prepares pixels, as torchvision defines it, which the peers run;
/// as Keras does where torchvision has none.
private func drawn(
  _ network: Architecture, input: Shape? = nil, classes: Int? = nil
) throws -> Model {
  let definition: Definition? = network.definitions.contains(.torchvision) ? .torchvision : nil
  return try network(
    inputShape: input, classes: classes, preprocess: false, definition: definition)
}

/// Families that the other rows do not show, each with one network.
enum Families {
  private static let names = [
    "AlexNet", "SqueezeNet1_1", "DenseNet121", "InceptionV3", "MobileNetV3Large", "EfficientNetV2S",
    "ConvNeXtTiny", "ViT_B16", "Xception", "MobileNet",
  ]

  /// Training on pictures of 96 × 96, and a prediction for one of 224 × 224.
  static let workloads: [any Workload] = Architecture.catalog.filter { names.contains($0.name) }
    .flatMap { network -> [any Workload] in
      [
        Training.known(network.name, network, size: 96, steps: 4),
        Inference.known(network.name, network, batch: 1, size: 224),
      ]
    }
}

extension Workload where Self == Training {
  static var resNet18: Self { known("ResNet-18", .resNet18, size: 64, steps: 8) }

  static var mobileNetV2: Self { known("MobileNetV2", .mobileNetV2, size: 96, steps: 8) }

  fileprivate static func known(
    _ name: String, _ network: Architecture, size: Int, steps: Int
  ) -> Self {
    Training(
      "\(name) training", batchSize: 16, optimizer: .sgd(learningRate: 0.01, momentum: 0.9)
    ) {
      try Samples.classified(steps * 16, [size, size, 3])
    } model: {
      try drawn(network, input: [size, size, 3], classes: 10)
    }
  }
}

extension Workload where Self == Inference {
  static func resNet50(batch: Int) -> Self { known("ResNet-50", .resNet50, batch: batch) }

  static func mobileNetV2(batch: Int) -> Self { known("MobileNetV2", .mobileNetV2, batch: batch) }

  static func efficientNetB0(batch: Int) -> Self {
    known("EfficientNet-B0", .efficientNetB0, batch: batch)
  }

  static func vgg16(batch: Int) -> Self { known("VGG16", .vgg16, batch: batch) }

  fileprivate static func known(
    _ name: String, _ network: Architecture, batch: Int, size: Int = 224
  ) -> Self {
    Inference(name, batch: batch, input: [size, size, 3]) {
      try drawn(network, input: [size, size, 3])
    }
  }
}

extension Workload where Self == Latency {
  /// From a network in memory to a program for one picture, weights placed and the first answer
  /// given.
  static var resNet50Compilation: Self {
    Latency("ResNet-50 compile") {
      let model = try untrained(drawn(.resNet50), input: Architecture.resNet50.inputShape)
      let picture = [Samples.values([1, 224, 224, 3])]
      return FirstWork(parameterCount: model.declaration.parameterCount) {
        _ = try await Predictor(model).predict(picture)
      }
    }
  }
}
