import MoruTensors

extension HostTensor {
  /// The same numbers as another element type, or nil if one of them would change its value.
  ///
  /// Booleans count as 0 and 1; NaN is nothing but itself and so never exact.
  func exactly(_ target: DType) -> HostTensor? {
    guard target != dtype else { return self }
    return switch values {
    case .float32(let array): exactFloating(array, target)
    case .float64(let array): exactFloating(array, target)
    case .bfloat16(let array): exactFloating(array.map { Float($0) }, target)
    case .int32(let array): exactWhole(array, target)
    case .int64(let array): exactWhole(array, target)
    case .int8(let array): exactWhole(array, target)
    case .uint8(let array): exactWhole(array, target)
    case .bool(let array): exactWhole(array.map { UInt8($0 ? 1 : 0) }, target)
    }
  }

  private func exactFloating<T: BinaryFloatingPoint>(_ array: [T], _ target: DType) -> HostTensor? {
    switch target {
    case .float32: filled(array) { Float(exactly: $0) }
    case .float64: filled(array) { Double(exactly: $0) }
    case .bfloat16: filled(array) { Float(exactly: $0).flatMap { BFloat16(exactly: $0) } }
    case .int32: filled(array) { Int32(exactly: $0) }
    case .int64: filled(array) { Int64(exactly: $0) }
    case .int8: filled(array) { Int8(exactly: $0) }
    case .uint8: filled(array) { UInt8(exactly: $0) }
    case .bool: filled(array) { $0 == 0 ? false : $0 == 1 ? true : nil }
    }
  }

  private func exactWhole<T: FixedWidthInteger>(_ array: [T], _ target: DType) -> HostTensor? {
    switch target {
    case .float32: filled(array) { Float(exactly: $0) }
    case .float64: filled(array) { Double(exactly: $0) }
    case .bfloat16: filled(array) { Float(exactly: $0).flatMap { BFloat16(exactly: $0) } }
    case .int32: filled(array) { Int32(exactly: $0) }
    case .int64: filled(array) { Int64(exactly: $0) }
    case .int8: filled(array) { Int8(exactly: $0) }
    case .uint8: filled(array) { UInt8(exactly: $0) }
    case .bool: filled(array) { $0 == 0 ? false : $0 == 1 ? true : nil }
    }
  }

  private func filled<T, S: Scalar>(_ array: [T], _ convert: (T) -> S?) -> HostTensor? {
    var converted: [S] = []
    converted.reserveCapacity(array.count)
    for value in array {
      guard let exact = convert(value) else { return nil }
      converted.append(exact)
    }
    return try? HostTensor(converted, shape: shape)
  }

  /// Whether every element is a finite number.
  var isFinite: Bool {
    switch values {
    case .float32(let array): array.allSatisfy(\.isFinite)
    case .float64(let array): array.allSatisfy(\.isFinite)
    case .bfloat16(let array): array.allSatisfy { Float($0).isFinite }
    case .int32, .int64, .int8, .uint8, .bool: true
    }
  }
}
