import MoruGraph
public import MoruLayers
public import MoruTensors

/// Networks that give their input back through a few numbers, the code: the output of the layer
/// `encoder`, which the layer `decoder` takes.
///
/// ```swift
/// let model = Autoencoder.dense(inputShape: [28, 28, 1], hidden: [128], code: 32)
/// let trained = try await model.fit(
///   pictures.reconstructing(scaledBy: 1 / 255), epochs: 10, optimizer: Adam(), loss: .meanSquaredError)
/// let codes = try trained.subModel(outputs: ["encoder"])
/// ```
///
/// Samples lie in [0, 1]. With `noise` the network learns to take it away (denoising); with `sparsity`
/// it learns codes in which most numbers are near 0.
///
/// - Source: Hinton, Salakhutdinov 2006, doi:10.1126/science.1127647; Vincent et al. 2008,
///   doi:10.1145/1390156.1390294, for denoising ones.
public enum Autoencoder {
  /// Fully connected layers, the decoder's the encoder's backwards.
  ///
  /// - Parameters:
  ///   - inputShape: Of one sample.
  ///   - hidden: Units of the layers between input and code.
  ///   - code: Numbers in the code.
  ///   - noise: Standard deviation of the noise that is added in training, at least 0.
  ///   - sparsity: What the code's absolute values add to the loss, at least 0.
  public static func dense(
    inputShape: Shape, hidden: [Int], code: Int, noise: Double = 0, sparsity: Double = 0
  ) -> Sequential {
    let (encoder, decoder) = denseLayers(inputShape: inputShape, hidden: hidden)
    return joined(encoder, codeLayer(code, sparsity), decoder, noise: noise)
  }

  /// Convolutions that halve height and width each time, and transposed ones that double them.
  ///
  /// - Parameters:
  ///   - inputShape: `[height, width, channels]`, height and width divisible by 2 for each of
  ///     `filters`.
  ///   - filters: Of the convolutions, first to last.
  ///   - code: Numbers in the code.
  ///   - noise: Standard deviation of the noise that is added in training, at least 0.
  ///   - sparsity: What the code's absolute values add to the loss, at least 0.
  /// - Throws: `GenerativeError.outOfRange` for another shape or no filters.
  public static func convolutional(
    inputShape: Shape, filters: [Int], code: Int, noise: Double = 0, sparsity: Double = 0
  ) throws -> Sequential {
    let (encoder, decoder) = try convolutions(inputShape: inputShape, filters: filters)
    return joined(encoder, codeLayer(code, sparsity), decoder, noise: noise)
  }

  private static func codeLayer(_ code: Int, _ sparsity: Double) -> Dense {
    sparsity == 0
      ? Dense(code) : Dense(code, activation: .relu, activityRegularizer: .l1(sparsity))
  }

  private static func joined(
    _ body: [any Layer], _ code: Dense, _ decoder: Sequential, noise: Double
  ) -> Sequential {
    Sequential {
      if noise != 0 { GaussianNoise(noise, name: "corruption") }
      Sequential(name: "encoder") {
        body
        code
      }
      decoder
    }
  }

  /// Fully connected layers before a code, and the decoder behind it, which is the same backwards.
  static func denseLayers(
    inputShape: Shape, hidden: [Int]
  ) -> (encoder: [any Layer], decoder: Sequential) {
    (
      [Flatten()] + hidden.map { Dense($0, activation: .relu) },
      Sequential(name: "decoder") {
        for units in hidden.reversed() { Dense(units, activation: .relu) }
        Dense(inputShape.elementCount, activation: .sigmoid)
        Reshape(inputShape.dimensions)
      }
    )
  }

  /// The convolutions before a code, and the decoder behind it.
  static func convolutions(
    inputShape: Shape, filters: [Int]
  ) throws(GenerativeError) -> (encoder: [any Layer], decoder: Sequential) {
    guard let last = filters.last else {
      throw .outOfRange("filters", found: "none", allowed: "at least one number of filters")
    }
    guard filters.count < 16 else {
      throw .outOfRange(
        "filters", found: "\(filters.count) numbers", allowed: "at most 15 numbers")
    }
    let step = 1 << filters.count
    guard inputShape.rank == 3, inputShape[0].isMultiple(of: step),
      inputShape[1].isMultiple(of: step)
    else {
      throw .outOfRange(
        "inputShape", found: "\(inputShape)",
        allowed: "[height, width, channels] with sides divisible by \(step)")
    }
    let inner: Shape = [inputShape[0] / step, inputShape[1] / step, last]
    let encoder: [any Layer] =
      filters.map {
        Conv2D($0, kernel: 3, strides: 2, padding: .same, activation: .relu)
      } + [Flatten()]
    let decoder = Sequential(name: "decoder") {
      Dense(inner.elementCount, activation: .relu)
      Reshape(inner.dimensions)
      for count in filters.dropLast().reversed() {
        Conv2DTranspose(count, kernel: 3, strides: 2, padding: .same, activation: .relu)
      }
      Conv2DTranspose(
        inputShape[2], kernel: 3, strides: 2, padding: .same, activation: .sigmoid)
    }
    return (encoder, decoder)
  }
}
