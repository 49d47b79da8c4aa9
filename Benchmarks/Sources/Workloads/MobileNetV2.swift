import Moru

/// Inverted residuals with linear bottlenecks (Sandler et al. 2018, arXiv:1801.04381).
enum MobileNetV2 {
  private struct Stage {
    let expansion: Int
    let features: Int
    let count: Int
    let strides: Int
  }

  private static let stages = [
    Stage(expansion: 1, features: 16, count: 1, strides: 1),
    Stage(expansion: 6, features: 24, count: 2, strides: 2),
    Stage(expansion: 6, features: 32, count: 3, strides: 2),
    Stage(expansion: 6, features: 64, count: 4, strides: 2),
    Stage(expansion: 6, features: 96, count: 3, strides: 1),
    Stage(expansion: 6, features: 160, count: 3, strides: 2),
    Stage(expansion: 6, features: 320, count: 1, strides: 1),
  ]

  static func network(input: Shape = [224, 224, 3], classes: Int = 1000) throws -> Model {
    let start = Input(input)
    var x = normalized(start, 32, kernel: 3, strides: 2)
    var features = 32
    for stage in stages {
      for place in 0..<stage.count {
        let strides = place == 0 ? stage.strides : 1
        let y = block(x, wide: features * stage.expansion, stage.features, strides, from: features)
        x = strides == 1 && features == stage.features ? Add()([y, x]) : y
        features = stage.features
      }
    }
    let pooled = GlobalAveragePooling2D()(normalized(x, 1280, kernel: 1))
    return try Model(inputs: start, outputs: Dense(classes, activation: .softmax)(pooled))
  }

  private static func block(
    _ x: Symbol, wide: Int, _ features: Int, _ strides: Int, from narrow: Int
  ) -> Symbol {
    let expanded = wide == narrow ? x : normalized(x, wide, kernel: 1)
    let depthwise = DepthwiseConv2D(
      kernel: 3, strides: Size2D(strides, strides), padding: .same, useBias: false)
    let filtered = Activation(.relu6)(BatchNormalization()(depthwise(expanded)))
    return BatchNormalization()(Conv2D(features, kernel: 1, useBias: false)(filtered))
  }

  private static func normalized(
    _ x: Symbol, _ features: Int, kernel: Size2D, strides: Size2D = 1
  ) -> Symbol {
    let convolution = Conv2D(
      features, kernel: kernel, strides: strides, padding: .same, useBias: false)
    return Activation(.relu6)(BatchNormalization()(convolution(x)))
  }
}

extension Workload where Self == Training {
  static var mobileNetV2: Self {
    Training(
      "MobileNetV2 training", batchSize: 16, optimizer: .sgd(learningRate: 0.01, momentum: 0.9)
    ) {
      try Samples.classified(8 * 16, [96, 96, 3])
    } model: {
      try MobileNetV2.network(input: [96, 96, 3], classes: 10)
    }
  }
}

extension Workload where Self == Inference {
  static func mobileNetV2(batch: Int) -> Self {
    Inference("MobileNetV2", batch: batch, input: [224, 224, 3]) { try MobileNetV2.network() }
  }
}
