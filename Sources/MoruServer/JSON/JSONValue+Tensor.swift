import MoruData
import MoruServing
import MoruTensors

extension JSONValue {
  /// A tensor of nested arrays. `[[1, 2], [3, 4]] → [2, 2]`
  ///
  /// Decimals become the nearest number of a floating-point type; whole types take whole numbers in
  /// their range.
  ///
  /// - Parameters:
  ///   - dtype: Type of the elements.
  ///   - place: What to call the value in messages.
  /// - Throws: `ServerError.value` if an element is of another kind or the nesting is ragged.
  func tensor(of dtype: DType, place: String) throws(ServerError) -> HostTensor {
    var builder = TensorBuilder(place: place, dtype: dtype)
    var shape: [Int] = []
    var level = self
    while true {
      if case .numbers(let numbers) = level {
        shape.append(numbers.count)
        break
      }
      guard case .array(let elements) = level else { break }
      shape.append(elements.count)
      guard let first = elements.first else { break }
      level = first
    }
    try builder.append(self, shape: shape[...])
    return try builder.tensor(shape: shape)
  }
}

/// Gathers the elements of nested arrays.
private struct TensorBuilder {
  let place: String
  let dtype: DType
  private var reals: [Double] = []
  private var wholes: [Int64] = []
  private var flags: [Bool] = []

  init(place: String, dtype: DType) {
    self.place = place
    self.dtype = dtype
  }

  mutating func append(_ value: JSONValue, shape: ArraySlice<Int>) throws(ServerError) {
    guard let size = shape.first else { return try append(scalar: value) }
    switch value {
    case .numbers(let numbers):
      guard shape.count == 1, numbers.count == size else { throw ragged() }
      if dtype.isFloating {
        reals += numbers
      } else {
        for number in numbers { try append(scalar: .number(number)) }
      }
    case .array(let elements):
      guard elements.count == size else { throw ragged() }
      for element in elements { try append(element, shape: shape.dropFirst()) }
    default: throw ragged()
    }
  }

  private mutating func append(scalar value: JSONValue) throws(ServerError) {
    switch (value, dtype) {
    case (.number(let number), _) where dtype.isFloating: reals.append(number)
    case (.integer(let integer), _) where dtype.isFloating: reals.append(Double(integer))
    case (.number(let number), .int32), (.number(let number), .int64),
      (.number(let number), .int8), (.number(let number), .uint8):
      guard let whole = Int64(exactly: number) else { throw wrong("a number that is not whole") }
      wholes.append(whole)
    case (.integer(let integer), .int32), (.integer(let integer), .int64),
      (.integer(let integer), .int8), (.integer(let integer), .uint8):
      wholes.append(integer)
    case (.bool(let flag), .bool): flags.append(flag)
    default: throw wrong(value.kind)
    }
  }

  func tensor(shape: [Int]) throws(ServerError) -> HostTensor {
    let shape = Shape(shape)
    let tensor: HostTensor? =
      switch dtype {
      case .float32: try? HostTensor(reals.map { Float($0) }, shape: shape)
      case .float64: try? HostTensor(reals, shape: shape)
      case .bfloat16: try? HostTensor(reals.map { BFloat16(Float($0)) }, shape: shape)
      case .int32: try? narrowed(Int32.self, shape)
      case .int64: try? HostTensor(wholes, shape: shape)
      case .int8: try? narrowed(Int8.self, shape)
      case .uint8: try? narrowed(UInt8.self, shape)
      case .bool: try? HostTensor(flags, shape: shape)
      }
    guard let tensor else { throw wrong("a number out of range") }
    return tensor
  }

  private func narrowed<S: Scalar & FixedWidthInteger>(
    _ type: S.Type, _ shape: Shape
  ) throws -> HostTensor? {
    let values = wholes.compactMap { S(exactly: $0) }
    return values.count == wholes.count ? try HostTensor(values, shape: shape) : nil
  }

  private func wrong(_ found: String) -> ServerError {
    .value(place: place, expected: dtype.expectedElements, found: found)
  }

  private func ragged() -> ServerError {
    .value(place: place, expected: "arrays of equal length and depth", found: "uneven nesting")
  }
}

extension DType {
  /// What a request must hold for this type, in words.
  fileprivate var expectedElements: String {
    switch self {
    case .float32, .float64, .bfloat16: "numbers"
    case .int32: "whole numbers from \(Int32.min) to \(Int32.max)"
    case .int64: "whole numbers from \(Int64.min) to \(Int64.max)"
    case .int8: "whole numbers from -128 to 127"
    case .uint8: "whole numbers from 0 to 255"
    case .bool: "true or false"
    }
  }
}

extension HostTensor {
  /// The elements as JSON, in row-major order.
  ///
  /// - Parameter name: The output's name, for messages.
  /// - Throws: `ServingError.answerNotFinite`, since JSON has no NaN and no infinity.
  func elements(of name: String) throws(ServingError) -> [JSONValue] {
    switch values {
    case .float32(let array):
      guard array.allSatisfy(\.isFinite) else { throw .answerNotFinite(output: name) }
      return array.map { .single($0) }
    case .float64(let array):
      guard array.allSatisfy(\.isFinite) else { throw .answerNotFinite(output: name) }
      return array.map { .number($0) }
    case .bfloat16(let array):
      let numbers = array.map { Float($0) }
      guard numbers.allSatisfy(\.isFinite) else { throw .answerNotFinite(output: name) }
      return numbers.map { .single($0) }
    case .int32(let array): return array.map { .integer(Int64($0)) }
    case .int64(let array): return array.map { .integer($0) }
    case .int8(let array): return array.map { .integer(Int64($0)) }
    case .uint8(let array): return array.map { .integer(Int64($0)) }
    case .bool(let array): return array.map { .bool($0) }
    }
  }

  /// The tensor as nested arrays.
  func nested(_ name: String) throws(ServingError) -> JSONValue {
    var level = try elements(of: name)
    for size in shape.dimensions.reversed() {
      guard size > 0 else { return emptyNesting(shape.dimensions[...]) }
      level = stride(from: 0, to: level.count, by: size).map {
        .array(Array(level[$0..<$0 + size]))
      }
    }
    return level.first ?? .array([])
  }

  private func emptyNesting(_ dimensions: ArraySlice<Int>) -> JSONValue {
    guard let size = dimensions.first, size > 0 else { return .array([]) }
    return .array(Array(repeating: emptyNesting(dimensions.dropFirst()), count: size))
  }
}
