import Foundation
import Moru

/// A small residual network for pictures.
enum PhotoNetwork {
  /// A convolution that halves the picture, and three stages of two residual blocks.
  ///
  /// - Parameter side: Height and width of the pictures.
  static func model(side: Int, classes: Int) throws -> Model {
    let start = Input([side, side, 3], dtype: .uint8)
    var x = Rescaling(1 / 127.5, offset: -1, name: "rescaling")(start)
    x = RandomFlip(.horizontal, name: "random_flip")(x)
    let stem = ConvolutionBlock(
      32, kernel: 3, strides: 2, normalization: .torch,
      names: LayerNames("stem_conv", "stem_bn", "stem_relu"))
    x = stem(x)
    for (stage, filters) in [32, 64, 128].enumerated() {
      for place in 0..<2 {
        let isWider = stage > 0 && place == 0
        let block = ResidualBlock(
          filters, strides: isWider ? 2 : 1, isProjected: isWider, normalization: .torch,
          name: "stage\(stage + 1)_block\(place + 1)")
        x = block(x)
      }
    }
    let means = GlobalAveragePooling2D(name: "means")(x)
    return try Model(
      inputs: start, outputs: Dense(classes, activation: .softmax, name: "predictions")(means))
  }
}
