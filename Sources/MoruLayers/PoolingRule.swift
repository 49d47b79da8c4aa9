public import MoruGraph

/// What pooling makes of the elements that it sees: layers are written once for either rule.
public protocol PoolingRule: Sendable {
  /// The rule's word in layers' names: `Max`.
  static var word: String { get }
  /// One element for each window. `[batch, spatial…, channels] → [batch, out…, channels]`
  static func pooled(
    _ x: Tensor, sizes: [Int], strides: [Int], padding: PaddingMode
  ) -> Tensor
  /// One element for everything along some axes.
  static func reduced(_ x: Tensor, axes: [Int], keepingAxes: Bool) -> Tensor
  /// One element for the steps of `[batch, time, …]` that a mask shows.
  static func reduced(_ x: Tensor, mask: Tensor, keepingAxes: Bool) -> Tensor
}

/// The greatest element.
public enum MaxRule: PoolingRule {
  public static let word = "Max"
  public static func pooled(
    _ x: Tensor, sizes: [Int], strides: [Int], padding: PaddingMode
  ) -> Tensor {
    maxPool(x, sizes: sizes, strides: strides, padding: padding)
  }
  public static func reduced(_ x: Tensor, axes: [Int], keepingAxes: Bool) -> Tensor {
    x.max(axes: axes, keepingAxes: keepingAxes)
  }
  /// As in Keras, the mask makes no difference.
  public static func reduced(_ x: Tensor, mask: Tensor, keepingAxes: Bool) -> Tensor {
    reduced(x, axes: [1], keepingAxes: keepingAxes)
  }
}

/// The mean; padding is not counted.
public enum AverageRule: PoolingRule {
  public static let word = "Average"
  public static func pooled(
    _ x: Tensor, sizes: [Int], strides: [Int], padding: PaddingMode
  ) -> Tensor {
    averagePool(x, sizes: sizes, strides: strides, padding: padding)
  }
  public static func reduced(_ x: Tensor, axes: [Int], keepingAxes: Bool) -> Tensor {
    x.mean(axes: axes, keepingAxes: keepingAxes)
  }
  public static func reduced(_ x: Tensor, mask: Tensor, keepingAxes: Bool) -> Tensor {
    let weights = mask.converted(to: x.dtype).expanded(at: 2)
    let sum = (x * weights).sum(axes: [1], keepingAxes: keepingAxes)
    return sum / weights.sum(axes: [1], keepingAxes: keepingAxes)
  }
}
