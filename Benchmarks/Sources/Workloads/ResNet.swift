import Moru

/// Residual networks (He et al. 2015, arXiv:1512.03385).
enum ResNet {
  /// Two 3×3 convolutions in each of 2, 2, 2, 2 blocks.
  static func resNet18(input: Shape, classes: Int) throws -> Model {
    try network(input: input, classes: classes, blocks: [2, 2, 2, 2], block: basic)
  }

  /// A 3×3 convolution between two 1×1 ones in each of 3, 4, 6, 3 blocks.
  static func resNet50(input: Shape = [224, 224, 3], classes: Int = 1000) throws -> Model {
    try network(input: input, classes: classes, blocks: [3, 4, 6, 3], block: bottleneck)
  }

  private typealias Block = (_ x: Symbol, _ features: Int, _ strides: Size2D, _ isFirst: Bool) ->
    Symbol

  private static func network(
    input: Shape, classes: Int, blocks: [Int], block: Block
  ) throws -> Model {
    let start = Input(input)
    var x = MaxPooling2D(3, strides: 2, padding: .same)(
      normalized(start, 64, kernel: 7, strides: 2))
    for (stage, count) in blocks.enumerated() {
      for place in 0..<count {
        let strides: Size2D = stage > 0 && place == 0 ? 2 : 1
        x = block(x, 64 << stage, strides, place == 0)
      }
    }
    let output = Dense(classes, activation: .softmax)(GlobalAveragePooling2D()(x))
    return try Model(inputs: start, outputs: output)
  }

  private static func basic(
    _ x: Symbol, features: Int, strides: Size2D, isFirst: Bool
  ) -> Symbol {
    let inner = normalized(x, features, kernel: 3, strides: strides)
    let outer = normalized(inner, features, kernel: 3, activation: nil)
    let shortcut =
      strides == 1 ? x : normalized(x, features, kernel: 1, strides: strides, activation: nil)
    return Activation(.relu)(Add()([outer, shortcut]))
  }

  private static func bottleneck(
    _ x: Symbol, features: Int, strides: Size2D, isFirst: Bool
  ) -> Symbol {
    let narrow = normalized(x, features, kernel: 1)
    let inner = normalized(narrow, features, kernel: 3, strides: strides)
    let outer = normalized(inner, 4 * features, kernel: 1, activation: nil)
    let shortcut =
      isFirst ? normalized(x, 4 * features, kernel: 1, strides: strides, activation: nil) : x
    return Activation(.relu)(Add()([outer, shortcut]))
  }

  private static func normalized(
    _ x: Symbol, _ features: Int, kernel: Size2D, strides: Size2D = 1,
    activation: ActivationFunction? = .relu
  ) -> Symbol {
    let convolution = Conv2D(
      features, kernel: kernel, strides: strides, padding: .same, useBias: false)
    let y = BatchNormalization()(convolution(x))
    return activation.map { Activation($0)(y) } ?? y
  }
}

extension Workload where Self == Training {
  static var resNet18: Self {
    Training(
      "ResNet-18 training", batchSize: 16, optimizer: .sgd(learningRate: 0.01, momentum: 0.9)
    ) {
      try Samples.classified(8 * 16, [64, 64, 3])
    } model: {
      try ResNet.resNet18(input: [64, 64, 3], classes: 10)
    }
  }
}

extension Workload where Self == Inference {
  static func resNet50(batch: Int) -> Self {
    Inference("ResNet-50", batch: batch, input: [224, 224, 3]) { try ResNet.resNet50() }
  }
}

extension Workload where Self == Latency {
  /// From a network in memory to a program for one picture, weights placed and the first answer
  /// given.
  static var resNet50Compilation: Self {
    Latency("ResNet-50 compile") {
      let model = try untrained(ResNet.resNet50(), input: [224, 224, 3])
      let picture = [Samples.values([1, 224, 224, 3])]
      return FirstWork(parameterCount: model.declaration.parameterCount) {
        _ = try await Predictor(model).predict(picture)
      }
    }
  }
}
