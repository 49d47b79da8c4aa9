/// The type of a tensor's elements.
public enum DType: String, Codable, Sendable, CaseIterable, Hashable {
  case float32, float64, bfloat16, int32, int64, int8, uint8, bool

  /// Size of one element in memory.
  public var byteCount: Int {
    switch self {
    case .float32, .int32: 4
    case .float64, .int64: 8
    case .bfloat16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether elements are floating-point numbers; only those have gradients.
  public var isFloating: Bool { self == .float32 || self == .float64 || self == .bfloat16 }

  /// Whether elements are whole numbers; Booleans are not.
  public var isInteger: Bool { !isFloating && self != .bool }

  /// The short name used in printed graphs: `f32`, `f64`, `bf16`, `i32`, `i64`, `i8`, `u8`,
  /// `b1`.
  public var shortName: String {
    switch self {
    case .float32: "f32"
    case .float64: "f64"
    case .bfloat16: "bf16"
    case .int32: "i32"
    case .int64: "i64"
    case .int8: "i8"
    case .uint8: "u8"
    case .bool: "b1"
    }
  }
}

/// A Swift type that can be a tensor's element.
public protocol Scalar: Sendable, Equatable {
  /// The element type that stands for this Swift type.
  static var dtype: DType { get }
  /// Wraps an array of this type without copying it.
  static func wrap(_ values: [Self]) -> HostTensor.Values
  /// The array inside, or nil if `values` holds another type.
  static func unwrap(_ values: HostTensor.Values) -> [Self]?
}

extension Float: Scalar {
  public static let dtype = DType.float32
  public static func wrap(_ values: [Float]) -> HostTensor.Values { .float32(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Float]? {
    if case .float32(let array) = values { array } else { nil }
  }
}

extension Double: Scalar {
  public static let dtype = DType.float64
  public static func wrap(_ values: [Double]) -> HostTensor.Values { .float64(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Double]? {
    if case .float64(let array) = values { array } else { nil }
  }
}

extension BFloat16: Scalar {
  public static let dtype = DType.bfloat16
  public static func wrap(_ values: [BFloat16]) -> HostTensor.Values { .bfloat16(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [BFloat16]? {
    if case .bfloat16(let array) = values { array } else { nil }
  }
}

extension Int32: Scalar {
  public static let dtype = DType.int32
  public static func wrap(_ values: [Int32]) -> HostTensor.Values { .int32(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Int32]? {
    if case .int32(let array) = values { array } else { nil }
  }
}

extension Int64: Scalar {
  public static let dtype = DType.int64
  public static func wrap(_ values: [Int64]) -> HostTensor.Values { .int64(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Int64]? {
    if case .int64(let array) = values { array } else { nil }
  }
}

extension Int8: Scalar {
  public static let dtype = DType.int8
  public static func wrap(_ values: [Int8]) -> HostTensor.Values { .int8(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Int8]? {
    if case .int8(let array) = values { array } else { nil }
  }
}

extension UInt8: Scalar {
  public static let dtype = DType.uint8
  public static func wrap(_ values: [UInt8]) -> HostTensor.Values { .uint8(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [UInt8]? {
    if case .uint8(let array) = values { array } else { nil }
  }
}

extension Bool: Scalar {
  public static let dtype = DType.bool
  public static func wrap(_ values: [Bool]) -> HostTensor.Values { .bool(values) }
  public static func unwrap(_ values: HostTensor.Values) -> [Bool]? {
    if case .bool(let array) = values { array } else { nil }
  }
}
