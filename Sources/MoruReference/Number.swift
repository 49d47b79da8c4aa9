import Foundation
import MoruGraph
import MoruTensors

/// An element type with arithmetic: all but Booleans.
protocol Number: Scalar, Comparable {
  /// What sums are kept in: Float64 for floating point, else the type itself.
  associatedtype Total: Number
  init(total: Total)
  var total: Total { get }
  /// A whole number; wraps if it does not fit.
  init(place: Int)
  /// What an empty minimum and an empty maximum give.
  static var greatest: Self { get }
  static var least: Self { get }
  var isNotANumber: Bool { get }
  /// Whole numbers wrap.
  func plus(_ other: Self) -> Self
  func times(_ other: Self) -> Self
  func applying(_ function: Unary) -> Self
  func applying(_ function: Binary, with other: Self) -> Self
}

/// A floating-point element type.
protocol Floating: Number, BinaryFloatingPoint {}

extension Int32: Number {}
extension Int64: Number {}
extension Int8: Number {}
extension UInt8: Number {}
extension Float: Floating {}
extension Double: Floating {}

extension DType {
  /// The Swift type of the elements.
  var scalar: any Scalar.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .bfloat16: BFloat16.self
    case .int32: Int32.self
    case .int64: Int64.self
    case .int8: Int8.self
    case .uint8: UInt8.self
    case .bool: Bool.self
    }
  }

  /// The Swift type of the elements.
  ///
  /// - Throws: `GraphError.malformed` for Booleans.
  func number() throws -> any Number.Type {
    guard let type = scalar as? any Number.Type else { throw undefined() }
    return type
  }

  /// The Swift type of the elements.
  ///
  /// - Throws: `GraphError.malformed` if they are not floating-point numbers.
  func floating() throws -> any Floating.Type {
    guard let type = scalar as? any Floating.Type else { throw undefined() }
    return type
  }

  private func undefined() -> GraphError {
    .malformed("arithmetic that is not defined for \(rawValue) was not refused")
  }
}

extension Number where Self: FixedWidthInteger {
  init(total: Self) { self = total }
  var total: Self { self }
  init(place: Int) { self.init(truncatingIfNeeded: place) }
  static var greatest: Self { .max }
  static var least: Self { .min }
  var isNotANumber: Bool { false }
  func plus(_ other: Self) -> Self { self &+ other }
  func times(_ other: Self) -> Self { self &* other }

  func applying(_ function: Unary) -> Self {
    switch function {
    case .negate: 0 &- self
    case .absolute: self < 0 ? 0 &- self : self
    case .sign: signum()
    default: preconditionFailure("the verifier lets no \(function) of whole numbers pass")
    }
  }

  func applying(_ function: Binary, with other: Self) -> Self {
    switch function {
    case .add: self &+ other
    case .subtract: self &- other
    case .multiply: self &* other
    case .divide: other == 0 ? 0 : dividedReportingOverflow(by: other).partialValue
    case .remainder: other == 0 ? 0 : remainderReportingOverflow(dividingBy: other).partialValue
    case .maximum: Swift.max(self, other)
    case .minimum: Swift.min(self, other)
    case .power, .and, .or:
      preconditionFailure("the verifier lets no \(function) of whole numbers pass")
    }
  }
}

/// Through Float64: for Float32 that rounds sums, products, quotients and roots as computing in
/// Float32 does, and makes everything else exact but for the last rounding.
extension Floating {
  init(total: Double) { self.init(total) }
  var total: Double { Double(self) }
  init(place: Int) { self.init(place) }
  static var greatest: Self { .infinity }
  static var least: Self { -.infinity }
  var isNotANumber: Bool { isNaN }
  func plus(_ other: Self) -> Self { self + other }
  func times(_ other: Self) -> Self { self * other }

  func applying(_ function: Unary) -> Self {
    let x = Double(self)
    let y: Double =
      switch function {
      case .negate: -x
      case .absolute: Swift.abs(x)
      case .sign: x > 0 ? 1 : x < 0 ? -1 : x
      case .exponential: exp(x)
      case .exponentialMinusOne: expm1(x)
      case .logarithm: log(x)
      case .logarithmPlusOne: log1p(x)
      case .squareRoot: x.squareRoot()
      case .reciprocalSquareRoot: 1 / x.squareRoot()
      case .sine: sin(x)
      case .cosine: cos(x)
      case .tanh: tanh(x)
      case .logistic: x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x))
      case .erf: erf(x)
      case .floor: x.rounded(.down)
      case .ceiling: x.rounded(.up)
      case .roundNearestEven: x.rounded(.toNearestOrEven)
      case .not, .isFinite:
        preconditionFailure("\(function) does not make floating-point numbers")
      }
    return Self(y)
  }

  func applying(_ function: Binary, with other: Self) -> Self {
    let (x, y) = (Double(self), Double(other))
    let z: Double =
      switch function {
      case .add: x + y
      case .subtract: x - y
      case .multiply: x * y
      case .divide: x / y
      case .remainder: x.truncatingRemainder(dividingBy: y)
      case .power: pow(x, y)
      case .maximum: x.isNaN || y.isNaN ? .nan : Swift.max(x, y)
      case .minimum: x.isNaN || y.isNaN ? .nan : Swift.min(x, y)
      case .and, .or:
        preconditionFailure("the verifier lets no \(function) of floating-point numbers pass")
      }
    return Self(z)
  }
}
