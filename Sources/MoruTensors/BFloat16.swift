/// A floating-point number of sixteen bits: the upper half of a `Float`.
///
/// One sign bit, eight bits of exponent and seven of fraction: the range of Float32 with two to
/// three decimal digits. It is made to be stored and multiplied, not to be computed with one by one,
/// and so has no arithmetic of its own: convert to `Float`, which holds every such number exactly.
///
/// - Source: Kalamkar et al. 2019, arXiv:1905.12322.
public struct BFloat16: Sendable {
  /// The bits, sign first.
  public let bitPattern: UInt16

  /// The number with these bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The number nearest to `value`, the one with an even last bit where two are equally near.
  ///
  /// What is too large becomes infinite; NaN becomes a quiet NaN of the same sign. Subnormal
  /// numbers are rounded like all others.
  public init(_ value: Float) {
    let bits = value.bitPattern
    let isOdd = bits >> 16 & 1
    let rounded = value.isNaN ? bits | 0x40_0000 : bits &+ 0x7FFF &+ isOdd
    bitPattern = UInt16(truncatingIfNeeded: rounded >> 16)
  }

  /// The number that is equal to `value`, or nil if there is none.
  public init?(exactly value: Float) {
    self.init(value)
    guard Float(self) == value else { return nil }
  }
}

extension Float {
  /// The same number.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

/// Compares as numbers: zeros of either sign are equal, NaN is equal to nothing.
extension BFloat16: Hashable {
  public static func == (a: BFloat16, b: BFloat16) -> Bool { Float(a) == Float(b) }
  public func hash(into hasher: inout Hasher) { hasher.combine(Float(self)) }
}

extension BFloat16: CustomStringConvertible {
  public var description: String { Float(self).description }
}
