import MoruGraph
import MoruTensors

extension Tensor {
  /// A number everywhere, in another tensor's type and shape.
  static func full(_ value: Double, like other: Tensor) -> Tensor {
    Tensor(HostTensor(value).converted(to: other.dtype)).broadcast(to: other.shape)
  }
}
