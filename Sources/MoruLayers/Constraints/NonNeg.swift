public import MoruArchive
public import MoruGraph

/// Negative elements become 0.
public struct NonNeg: Constraint, PlainPart {
  public static let kind = "nonNeg"

  /// No negative elements.
  public init() {}

  public func held(_ weight: Tensor) -> Tensor { maximum(weight, 0) }
}

extension Constraint where Self == NonNeg {
  /// No negative elements.
  public static var nonNeg: Self { .init() }
}
