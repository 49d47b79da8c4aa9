extension HostTensor {
  /// The same numbers as another element type.
  ///
  /// Floating to whole truncates toward zero and saturates at the type's limits; NaN becomes 0;
  /// whole numbers wrap when narrowed; anything but 0 is `true`. To and from BFloat16 the way leads
  /// through Float32. Executors convert alike.
  public func converted(to target: DType) -> HostTensor {
    guard target != dtype else { return self }
    let converted: Values =
      switch values {
      case .float32(let array): Self.convertFloating(array, to: target)
      case .float64(let array): Self.convertFloating(array, to: target)
      case .bfloat16(let array): Self.convertFloating(array.map { Float($0) }, to: target)
      case .int32(let array): Self.convertWhole(array, to: target)
      case .int64(let array): Self.convertWhole(array, to: target)
      case .int8(let array): Self.convertWhole(array, to: target)
      case .uint8(let array): Self.convertWhole(array, to: target)
      case .bool(let array): Self.convertWhole(array.map { UInt8($0 ? 1 : 0) }, to: target)
      }
    return HostTensor(unchecked: converted, shape: shape)
  }

  private static func convertFloating<T: BinaryFloatingPoint>(
    _ array: [T], to target: DType
  ) -> Values {
    switch target {
    case .float32: .float32(array.map { Float($0) })
    case .float64: .float64(array.map { Double($0) })
    case .bfloat16: .bfloat16(array.map { BFloat16(Float($0)) })
    case .int32: .int32(array.map { saturated($0) })
    case .int64: .int64(array.map { saturated($0) })
    case .int8: .int8(array.map { saturated($0) })
    case .uint8: .uint8(array.map { saturated($0) })
    case .bool: .bool(array.map { $0 != 0 })
    }
  }

  private static func convertWhole<T: FixedWidthInteger>(_ array: [T], to target: DType) -> Values {
    switch target {
    case .float32: .float32(array.map { Float($0) })
    case .float64: .float64(array.map { Double($0) })
    case .bfloat16: .bfloat16(array.map { BFloat16(Float($0)) })
    case .int32: .int32(array.map { Int32(truncatingIfNeeded: $0) })
    case .int64: .int64(array.map { Int64(truncatingIfNeeded: $0) })
    case .int8: .int8(array.map { Int8(truncatingIfNeeded: $0) })
    case .uint8: .uint8(array.map { UInt8(truncatingIfNeeded: $0) })
    case .bool: .bool(array.map { $0 != 0 })
    }
  }

  private static func saturated<T: BinaryFloatingPoint, I: FixedWidthInteger>(_ value: T) -> I {
    if value.isNaN { return 0 }
    if value >= T(I.max) { return I.max }
    if value <= T(I.min) { return I.min }
    return I(value)
  }
}
