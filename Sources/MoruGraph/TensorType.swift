public import MoruTensors

/// What is known of a value before it is computed: element type and shape.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// Type of the elements.
  public let dtype: DType
  /// Size of each axis.
  public let shape: Shape

  /// The type of tensors of `shape` that hold `dtype`.
  public init(_ dtype: DType, _ shape: Shape) {
    self.dtype = dtype
    self.shape = shape
  }

  /// Number of axes.
  public var rank: Int { shape.rank }

  /// Size of a dense value of this type.
  public var byteCount: Int { shape.elementCount * dtype.byteCount }

  /// `f32[8, 5]`
  public var description: String { dtype.shortName + shape.description }
}

extension HostTensor {
  /// The type a graph gives to this value.
  public var type: TensorType { TensorType(dtype, shape) }
}
