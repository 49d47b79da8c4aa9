import CKernels
import MoruGraph

/// How a convolution or one of its gradients is computed.
enum ConvolutionAlgorithm {
  case direct
  /// Winograd's minimal filtering in tiles of 4×4 results.
  ///
  /// - Source: Lavin, Gray 2015, arXiv:1509.09308.
  case winograd

  /// Which part of a convolution is computed.
  enum Part { case forward, inputGradient, kernelGradient }

  /// The faster algorithm by a model of their costs, which was fitted to measured times of 16 to
  /// 512 channels, 4×4 to 56×56 pixels and batches of 1 to 64.
  static func choice(_ shape: ConvolutionShape, _ part: Part = .forward) -> ConvolutionAlgorithm {
    guard isWinogradPossible(shape, part) else { return .direct }
    let (height, width) = (shape.output[1], shape.output[2])
    let tileCount = ((height + 3) / 4) * ((width + 3) / 4)
    let tiles = Double(shape.batch * tileCount)
    let waste = Double(tileCount * 16) / Double(height * width)
    let channels = Double(min(shape.channels, shape.features))
    // Multiplications, transformed weights, transformed tiles.
    let arithmetic = waste * (0.38 + (10 + 100 / tiles) / tiles + 4.5 / channels)
    // Moving an element to the blocked order of axes and back costs as much as 80 operations.
    let pixels = Double(shape.batch * height * width)
    let movement = 80 * pixels * Double(shape.channels + shape.features) / Double(shape.flopCount)
    return arithmetic + movement < 0.95 ? .winograd : .direct
  }

  private static func isWinogradPossible(_ shape: ConvolutionShape, _ part: Part) -> Bool {
    // Other padding than "same" makes the transposed convolution's tiles overlap the border.
    let paddings = part == .inputGradient ? [1] : [0, 1]
    return shape.window == [1, 3, 3] && shape.strides == [1, 1, 1]
      && shape.dilation == [1, 1, 1] && shape.groups == 1 && paddings.contains(shape.low[1])
      && shape.low[1] == shape.low[2] && shape.input[1] - shape.output[1] == 2 - 2 * shape.low[1]
      && shape.input[2] - shape.output[2] == 2 - 2 * shape.low[2]
      && min(shape.channels, shape.features) >= 32 && shape.channels % 16 == 0
      && shape.features % 16 == 0 && String(cString: ck_instruction_set()) == "x86-64-v4"
  }
}
