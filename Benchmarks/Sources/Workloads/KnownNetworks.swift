import Moru

/// Networks of the zoo as torchvision defines them, which the peers run: without what prepares pixels.
private func torchvision(
  _ network: Architecture, input: Shape? = nil, classes: Int? = nil
) throws -> Model {
  try network(inputShape: input, classes: classes, preprocess: false, definition: .torchvision)
}

extension Workload where Self == Training {
  static var resNet18: Self { known("ResNet-18", .resNet18, size: 64) }

  static var mobileNetV2: Self { known("MobileNetV2", .mobileNetV2, size: 96) }

  private static func known(_ name: String, _ network: Architecture, size: Int) -> Self {
    Training(
      "\(name) training", batchSize: 16, optimizer: .sgd(learningRate: 0.01, momentum: 0.9)
    ) {
      try Samples.classified(8 * 16, [size, size, 3])
    } model: {
      try torchvision(network, input: [size, size, 3], classes: 10)
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

  private static func known(_ name: String, _ network: Architecture, batch: Int) -> Self {
    Inference(name, batch: batch, input: network.inputShape) { try torchvision(network) }
  }
}

extension Workload where Self == Latency {
  /// From a network in memory to a program for one picture, weights placed and the first answer
  /// given.
  static var resNet50Compilation: Self {
    Latency("ResNet-50 compile") {
      let model = try untrained(torchvision(.resNet50), input: Architecture.resNet50.inputShape)
      let picture = [Samples.values([1, 224, 224, 3])]
      return FirstWork(parameterCount: model.declaration.parameterCount) {
        _ = try await Predictor(model).predict(picture)
      }
    }
  }
}
