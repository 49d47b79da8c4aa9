public import MoruArchive
public import MoruTensors

/// Zeros.
public struct Zeros: Initializer, PlainPart {
  public static let kind = "zeros"

  /// Zeros.
  public init() {}

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution { .constant(0) }
}

/// Ones.
public struct Ones: Initializer, PlainPart {
  public static let kind = "ones"

  /// Ones.
  public init() {}

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution { .constant(1) }
}

/// One number everywhere.
public struct Constant: Initializer {
  public static let kind = "constant"
  /// The number.
  public let value: Double

  /// `value` everywhere.
  public init(_ value: Double = 0) { self.value = value }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution { .constant(value) }

  private enum CodingKeys: String, CodingKey, CaseIterable { case value }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    value = try fields.value(.value, default: 0)
  }
}

extension Initializer where Self == Zeros {
  /// Zeros.
  public static var zeros: Self { .init() }
}

extension Initializer where Self == Ones {
  /// Ones.
  public static var ones: Self { .init() }
}

extension Initializer where Self == Constant {
  /// `value` everywhere.
  public static func constant(_ value: Double) -> Self { .init(value) }
}
