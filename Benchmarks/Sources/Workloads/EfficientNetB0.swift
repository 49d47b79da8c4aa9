import Moru

/// Inverted residuals with squeeze and excitation (Tan, Le 2019, arXiv:1905.11946).
enum EfficientNetB0 {
  private struct Stage {
    let expansion: Int
    let features: Int
    let count: Int
    let strides: Int
    let kernel: Int
  }

  private static let stages = [
    Stage(expansion: 1, features: 16, count: 1, strides: 1, kernel: 3),
    Stage(expansion: 6, features: 24, count: 2, strides: 2, kernel: 3),
    Stage(expansion: 6, features: 40, count: 2, strides: 2, kernel: 5),
    Stage(expansion: 6, features: 80, count: 3, strides: 2, kernel: 3),
    Stage(expansion: 6, features: 112, count: 3, strides: 1, kernel: 5),
    Stage(expansion: 6, features: 192, count: 4, strides: 2, kernel: 5),
    Stage(expansion: 6, features: 320, count: 1, strides: 1, kernel: 3),
  ]

  static func network() throws -> Model {
    let start = Input([224, 224, 3])
    var x = normalized(start, 32, kernel: 3, strides: 2)
    var features = 32
    for stage in stages {
      for place in 0..<stage.count {
        let strides = place == 0 ? stage.strides : 1
        let y = block(x, stage, strides, from: features)
        x = strides == 1 && features == stage.features ? Add()([y, x]) : y
        features = stage.features
      }
    }
    let pooled = GlobalAveragePooling2D()(normalized(x, 1280, kernel: 1))
    return try Model(inputs: start, outputs: Dense(1000, activation: .softmax)(pooled))
  }

  private static func block(
    _ x: Symbol, _ stage: Stage, _ strides: Int, from features: Int
  ) -> Symbol {
    let wide = features * stage.expansion
    let expanded = wide == features ? x : normalized(x, wide, kernel: 1)
    let depthwise = DepthwiseConv2D(
      kernel: Size2D(stage.kernel, stage.kernel), strides: Size2D(strides, strides),
      padding: .same, useBias: false)
    let filtered = Activation(.silu)(BatchNormalization()(depthwise(expanded)))
    let excited = excited(filtered, wide, squeezed: features / 4)
    return BatchNormalization()(Conv2D(stage.features, kernel: 1, useBias: false)(excited))
  }

  /// Multiplies each channel by what a small network makes of all channels' means.
  private static func excited(_ x: Symbol, _ features: Int, squeezed: Int) -> Symbol {
    let means = Reshape([1, 1, features])(GlobalAveragePooling2D()(x))
    let inner = Conv2D(squeezed, kernel: 1, activation: .silu)(means)
    return Multiply()([x, Conv2D(features, kernel: 1, activation: .sigmoid)(inner)])
  }

  private static func normalized(
    _ x: Symbol, _ features: Int, kernel: Size2D, strides: Size2D = 1
  ) -> Symbol {
    let convolution = Conv2D(
      features, kernel: kernel, strides: strides, padding: .same, useBias: false)
    return Activation(.silu)(BatchNormalization()(convolution(x)))
  }
}

extension Workload where Self == Inference {
  static func efficientNetB0(batch: Int) -> Self {
    Inference("EfficientNet-B0", batch: batch, input: [224, 224, 3]) {
      try EfficientNetB0.network()
    }
  }
}
