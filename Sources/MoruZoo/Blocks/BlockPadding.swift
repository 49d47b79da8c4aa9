import MoruGraph
import MoruLayers

/// How the windows of a block's convolution meet the border.
public enum BlockPadding: Sendable {
  /// Only whole windows.
  case valid
  /// As many outputs as `⌈size / strides⌉`; of an odd number of zeros the greater part goes after:
  /// Keras's rule.
  case same
  /// As many zeros before as after, half a window each: PyTorch's rule, which differs where strides
  /// meet even sizes.
  case symmetric

  /// Draws the zeros that no convolution brings along.
  ///
  /// - Returns: What the convolution is to be called on, and how its own windows meet the border.
  func applied(
    to x: Symbol, kernel: Size2D, strides: Size2D, name: String?
  ) -> (Symbol, mode: PaddingMode) {
    switch self {
    case .valid: (x, .valid)
    case .same: (x, .same)
    case .symmetric where strides == 1: (x, .same)
    case .symmetric:
      (
        ZeroPadding2D(Padding2D(kernel.height / 2, kernel.width / 2), name: name)(x), .valid
      )
    }
  }
}
