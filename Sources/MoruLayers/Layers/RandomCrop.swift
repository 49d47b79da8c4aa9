public import MoruGraph
import MoruTensors

/// In training a random part of each picture, otherwise its middle; pictures that are too small are
/// enlarged first until they suffice.
///
/// - Shapes: `[batch, any, any, channels] → [batch, height, width, channels]`.
public typealias RandomCrop = CropLayer<RandomPart>

/// In training a part by chance is kept, otherwise the middle.
public enum RandomPart: CropRule {
  public static let kind = "RandomCrop"

  public static func cropped(
    _ x: Tensor, _ height: Int, _ width: Int, in scope: Scope
  ) -> Tensor {
    let y = x.enlarged(height, width)
    guard scope.isTraining else { return y.centerCropped(height, width) }
    let (high, wide) = (y.shape[1] - height, y.shape[2] - width)
    let top = floor(scope.uniform([x.shape[0], 1, 1], 0, Double(high + 1), dtype: y.dtype))
    let left = floor(scope.uniform([x.shape[0], 1, 1], 0, Double(wide + 1), dtype: y.dtype))
    let rows =
      Tensor.iota([1, height, 1], axis: 1, dtype: y.dtype) + minimum(top, Tensor(Double(high)))
    let columns =
      Tensor.iota([1, 1, width], axis: 2, dtype: y.dtype) + minimum(left, Tensor(Double(wide)))
    return y.picked(rows.converted(to: .int32), columns.converted(to: .int32))
  }
}
