import CKernels
import MoruGraph

/// How a convolution or one of its gradients is computed.
enum ConvolutionAlgorithm: Equatable {
  /// By oneDNN, product by product.
  case direct
  /// By own kernels in tiles with few products.
  case tiles(ck_filter)

  /// Which part of a convolution is computed.
  enum Part { case forward, inputGradient, kernelGradient }

  /// The faster algorithm by a model of their costs, which was fitted to measured times.
  static func choice(_ shape: ConvolutionShape, _ part: Part = .forward) -> ConvolutionAlgorithm {
    // Own kernels need wide vectors, and work.
    guard StepSummary.vectorKernel != "baseline", shape.flopCount > 0 else { return .direct }
    let candidates = filters(shape, part).map { ($0, tiledCost(shape, $0, part)) }
    guard let best = candidates.min(by: { $0.1 < $1.1 }), best.1 < directCost(shape) else {
      return .direct
    }
    return .tiles(best.0)
  }

  /// The filters that compute a part.
  private static func filters(_ shape: ConvolutionShape, _ part: Part) -> [ck_filter] {
    guard shape.groups == 1, shape.dilation == [1, 1, 1], shape.strides[0] == 1,
      shape.strides[1] == shape.strides[2]
    else { return [] }
    switch (shape.window, shape.strides[1]) {
    case ([1, 3, 3], 1): return [CK_FILTER_3X3, CK_FILTER_4X3, CK_FILTER_5X3]
    case ([1, 5, 5], 1): return [CK_FILTER_4X5]
    case ([1, 5, 5], 2):
      return [part == .inputGradient ? CK_FILTER_8X5_BY_HALF : CK_FILTER_4X5_BY_2]
    default: return []
    }
  }

  /// Additions and multiplications that the direct algorithm takes as long as; it skips padding.
  private static func directCost(_ shape: ConvolutionShape) -> Double {
    let taps = [1, 2].map { axis in
      (0..<shape.output[axis]).reduce(0) { sum, place in
        let start = place * shape.strides[axis] - shape.low[axis]
        let end = min(start + shape.window[axis], shape.input[axis])
        return sum + max(0, end - max(start, 0))
      }
    }
    return 2.2 * Double(shape.batch * taps[0] * taps[1])
      * Double(shape.channels * shape.features)
  }

  /// Additions and multiplications that tiles take as long as: products, and the transforms of
  /// inputs, results and kernel, of which an element costs as much as 30 of them.
  private static func tiledCost(
    _ shape: ConvolutionShape, _ filter: ck_filter, _ part: Part
  ) -> Double {
    let tile = ck_filter_tile_of(filter)
    let pixels = part == .inputGradient ? shape.input : shape.output
    let edge = Int(tile.outputs)
    let tiles = shape.batch * ((pixels[1] + edge - 1) / edge) * ((pixels[2] + edge - 1) / edge)
    // Vectors are filled up.
    let (channels, features) = ((shape.channels + 15) / 16 * 16, (shape.features + 15) / 16 * 16)
    let products = 2.0 * Double(tiles) * Double(channels * features)
    let elements = Double(tiles * (channels + features) + channels * features)
    return Double(tile.points * tile.points) * (products + 30 * elements)
  }
}
