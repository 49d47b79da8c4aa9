import MoruTensors

/// An element type that the general kernels compute with; whole numbers wrap around.
protocol KernelElement: Comparable {
  static var zero: Self { get }
  static var one: Self { get }
  static var least: Self { get }
  static var greatest: Self { get }
  var isNaN: Bool { get }
  init(index: Int)
  static func sum(_ a: Self, _ b: Self) -> Self
  static func product(_ a: Self, _ b: Self) -> Self
}

extension KernelElement where Self: FixedWidthInteger {
  static var one: Self { 1 }
  static var least: Self { .min }
  static var greatest: Self { .max }
  var isNaN: Bool { false }
  init(index: Int) { self.init(truncatingIfNeeded: index) }
  static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
  static func product(_ a: Self, _ b: Self) -> Self { a &* b }
}

extension KernelElement where Self: BinaryFloatingPoint {
  static var one: Self { 1 }
  static var least: Self { -.infinity }
  static var greatest: Self { .infinity }
  init(index: Int) { self.init(index) }
  static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  static func product(_ a: Self, _ b: Self) -> Self { a * b }
}

extension Float: KernelElement {}
extension Double: KernelElement {}
extension Int32: KernelElement {}
extension Int64: KernelElement {}
extension Int8: KernelElement {}
extension UInt8: KernelElement {}

extension DType {
  /// The Swift type that kernels compute with; Booleans are bytes of 0 and 1.
  var kernelElement: any KernelElement.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .bfloat16: preconditionFailure("arithmetic on BFloat16 is done in Float32")
    case .int32: Int32.self
    case .int64: Int64.self
    case .int8: Int8.self
    case .uint8, .bool: UInt8.self
    }
  }
}
