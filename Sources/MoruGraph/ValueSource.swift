public import MoruTensors

/// A value that is yet to be written: executors let it write itself where it is to live, so that
/// large values need no second copy.
public struct ValueSource: Sendable {
  /// Element type and shape.
  public let type: TensorType
  /// The value, if the host has it already.
  public let present: HostTensor?
  private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  /// A value that `fill` writes.
  ///
  /// - Parameters:
  ///   - type: Element type and shape.
  ///   - fill: Writes every element in row-major order.
  public init(
    _ type: TensorType, fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.type = type
    present = nil
    self.fill = fill
  }

  /// A value that is there already.
  public init(_ value: HostTensor) {
    type = value.type
    present = value
    fill = { target in value.withUnsafeBytes { target.copyMemory(from: $0) } }
  }

  /// Zeros.
  public static func zeros(_ type: TensorType) -> ValueSource {
    ValueSource(type) { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// The value of a constant, or of one repeated, such as `Tensor.zeros`; nil for a tensor that is
  /// yet to be computed.
  public init?(_ tensor: Tensor) {
    if let value = tensor.constant {
      self.init(value)
    } else if case .primitive(.broadcast) = tensor.vertex.operation,
      let scalar = tensor.vertex.inputs[0].constant, scalar.count == 1
    {
      self.init(tensor.type) { target in
        scalar.withUnsafeBytes { element in
          for place in target.indices { target[place] = element[place % element.count] }
        }
      }
    } else {
      return nil
    }
  }

  /// Writes the value into memory of its size.
  public func write(to memory: UnsafeMutableRawBufferPointer) { fill(memory) }

  /// The value on the host.
  public func value() -> HostTensor {
    present ?? HostTensor(shape: type.shape, dtype: type.dtype) { fill($0) }
  }
}
