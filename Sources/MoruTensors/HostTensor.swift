/// Values in memory: a dense, row-major, n-dimensional array with value semantics.
///
/// A host tensor only holds and hands over numbers; computing is done by executors on graphs.
public struct HostTensor: Sendable, Hashable {
  /// The elements in row-major order, one array for each element type.
  public enum Values: Sendable, Hashable {
    case float32([Float])
    case float64([Double])
    case bfloat16([BFloat16])
    case int32([Int32])
    case int64([Int64])
    case int8([Int8])
    case uint8([UInt8])
    case bool([Bool])
  }

  /// Size of each axis.
  public let shape: Shape
  /// The elements in row-major order.
  public let values: Values

  /// Type of the elements.
  public var dtype: DType {
    switch values {
    case .float32: .float32
    case .float64: .float64
    case .bfloat16: .bfloat16
    case .int32: .int32
    case .int64: .int64
    case .int8: .int8
    case .uint8: .uint8
    case .bool: .bool
    }
  }

  /// Number of elements.
  public var count: Int { shape.elementCount }

  /// Size of the elements in memory.
  public var byteCount: Int { count * dtype.byteCount }

  /// A tensor of `values` in row-major order.
  ///
  /// - Throws: `TensorError.countMismatch` if the number of values is not the shape's.
  public init<S: Scalar>(_ values: [S], shape: Shape) throws(TensorError) {
    guard values.count == shape.elementCount else {
      throw .countMismatch(count: values.count, shape: shape)
    }
    self.init(unchecked: S.wrap(values), shape: shape)
  }

  /// A scalar.
  public init<S: Scalar>(_ value: S) {
    self.init(unchecked: S.wrap([value]), shape: [])
  }

  /// A vector.
  public init<S: Scalar>(_ values: [S]) {
    self.init(unchecked: S.wrap(values), shape: [values.count])
  }

  /// A matrix of rows of equal length.
  ///
  /// - Throws: `TensorError.ragged` if a row is longer or shorter than the first.
  public init<S: Scalar>(_ rows: [[S]]) throws(TensorError) {
    let width = rows.first?.count ?? 0
    for (row, values) in rows.enumerated() where values.count != width {
      throw .ragged(row: row, expected: width, found: values.count)
    }
    self.init(unchecked: S.wrap(rows.flatMap { $0 }), shape: [rows.count, width])
  }

  /// A tensor filled with one value.
  public init<S: Scalar>(repeating value: S, shape: Shape) {
    self.init(unchecked: S.wrap([S](repeating: value, count: shape.elementCount)), shape: shape)
  }

  /// A tensor of zeros (`false` for Booleans).
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> HostTensor {
    switch dtype {
    case .float32: HostTensor(repeating: Float(0), shape: shape)
    case .float64: HostTensor(repeating: Double(0), shape: shape)
    case .bfloat16: HostTensor(repeating: BFloat16(0), shape: shape)
    case .int32: HostTensor(repeating: Int32(0), shape: shape)
    case .int64: HostTensor(repeating: Int64(0), shape: shape)
    case .int8: HostTensor(repeating: Int8(0), shape: shape)
    case .uint8: HostTensor(repeating: UInt8(0), shape: shape)
    case .bool: HostTensor(repeating: false, shape: shape)
    }
  }

  /// A tensor whose elements `fill` writes, without a first pass of zeros.
  ///
  /// `fill` must write every element of the buffer it is given.
  public init<S: Scalar>(
    shape: Shape, of type: S.Type = S.self,
    fill: (UnsafeMutableBufferPointer<S>) throws -> Void
  ) rethrows {
    let count = shape.elementCount
    let capacity = count + Self.spareCount(of: S.self)
    let values = try [S](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
    self.init(unchecked: S.wrap(values), shape: shape)
  }

  init(unchecked values: Values, shape: Shape) {
    self.values = values
    self.shape = shape
  }

  /// The elements in row-major order, without a copy.
  ///
  /// - Throws: `TensorError.dtypeMismatch` if the tensor holds another type; `converted(to:)`
  ///   changes it.
  public func array<S: Scalar>(of type: S.Type = S.self) throws(TensorError) -> [S] {
    guard let array = S.unwrap(values) else {
      throw .dtypeMismatch(expected: S.dtype, found: dtype)
    }
    return array
  }

  /// Calls `body` with the elements' bytes, in the machine's byte order.
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    switch values {
    case .float32(let array): try array.withBytes(body)
    case .float64(let array): try array.withBytes(body)
    case .bfloat16(let array): try array.withBytes(body)
    case .int32(let array): try array.withBytes(body)
    case .int64(let array): try array.withBytes(body)
    case .int8(let array): try array.withBytes(body)
    case .uint8(let array): try array.withBytes(body)
    case .bool(let array): try array.withBytes(body)
    }
  }

  /// Bytes behind the elements that belong to the tensor's memory too: executors whose kernels read
  /// a little past the end may use the memory as it is if these are enough.
  package var spareByteCount: Int {
    func spare<S>(_ array: [S]) -> Int { (array.capacity - array.count) * MemoryLayout<S>.stride }
    return switch values {
    case .float32(let array): spare(array)
    case .float64(let array): spare(array)
    case .bfloat16(let array): spare(array)
    case .int32(let array): spare(array)
    case .int64(let array): spare(array)
    case .int8(let array): spare(array)
    case .uint8(let array): spare(array)
    case .bool(let array): spare(array)
    }
  }

  /// Elements of a cache line: what tensors that are filled in place have to spare.
  fileprivate static func spareCount<S: Scalar>(of type: S.Type) -> Int {
    64 / MemoryLayout<S>.stride
  }

  /// A tensor whose bytes `fill` writes: for readers of files and executors.
  ///
  /// `fill` must write every byte; for Booleans each byte must be 0 or 1.
  public init<E: Error>(
    shape: Shape, dtype: DType, fillBytes: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    var outcome: Result<Void, E> = .success(())
    let values = Values(dtype, count: shape.elementCount) { bytes in
      do throws(E) { try fillBytes(bytes) } catch { outcome = .failure(error) }
    }
    try outcome.get()
    self.init(unchecked: values, shape: shape)
  }
}

extension HostTensor.Values {
  /// Elements whose bytes `fill` writes, all of them.
  fileprivate init(
    _ dtype: DType, count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    func array<S: Scalar>(_ type: S.Type) -> [S] {
      let capacity = count + HostTensor.spareCount(of: type)
      return [S](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        fill(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
        initialized = count
      }
    }
    switch dtype {
    case .float32: self = .float32(array(Float.self))
    case .float64: self = .float64(array(Double.self))
    case .bfloat16: self = .bfloat16(array(BFloat16.self))
    case .int32: self = .int32(array(Int32.self))
    case .int64: self = .int64(array(Int64.self))
    case .int8: self = .int8(array(Int8.self))
    case .uint8: self = .uint8(array(UInt8.self))
    case .bool: self = .bool(array(Bool.self))
    }
  }
}

extension Array {
  fileprivate func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let result: Result<R, E> = withUnsafeBytes { bytes in
      do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
