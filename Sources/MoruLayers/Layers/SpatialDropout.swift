public import MoruGraph
import MoruTensors

/// Dropout of whole features of sequences. `[batch, time, features]` → the same; see
/// `ChannelDropout`.
public typealias SpatialDropout1D = DropoutLayer<ChannelDropout<Size1D>>

/// Dropout of whole channels of pictures. `[batch, height, width, channels]` → the same; see
/// `ChannelDropout`.
public typealias SpatialDropout2D = DropoutLayer<ChannelDropout<Size2D>>

/// Dropout of whole channels of volumes. `[batch, depth, height, width, channels]` → the same; see
/// `ChannelDropout`.
public typealias SpatialDropout3D = DropoutLayer<ChannelDropout<Size3D>>

/// In training sets each channel of each sample to 0 with probability `rate` and scales the others
/// by `1/(1 − rate)`; otherwise does nothing.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, spatial…, channels]`.
/// - Source: Tompson et al. 2014, arXiv:1411.4280, section 3.2.
public enum ChannelDropout<Size: SpatialSize>: DropoutRule {
  public static var kind: String { "SpatialDropout\(Size.count)D" }

  public static func refused(_ x: Tensor) -> Tensor? { Size.refusedRank(kind, x) }

  public static func dropped(_ x: Tensor, _ rate: Double, in scope: Scope) -> Tensor {
    let shape = Shape([x.shape[0]] + Size.axes.map { _ in 1 } + [x.shape[Size.count + 1]])
    return scope.dropped(x, rate, together: shape)
  }
}
