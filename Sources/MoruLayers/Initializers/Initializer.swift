public import MoruArchive
public import MoruGraph
public import MoruTensors

/// How a weight starts.
///
/// An initializer says which distribution a weight's numbers come from; drawing them is the same for
/// all of them. Which one suits which layer: docs/initializers.md.
public protocol Initializer: NamedPart {
  /// Where the numbers of a weight come from.
  ///
  /// - Parameter shape: The weight's shape.
  /// - Parameter fan: How many inputs and outputs its elements connect.
  func distribution(of shape: Shape, fan: Fan) -> WeightDistribution

  /// Why no weight of such a shape can start so; nil if one can.
  func complaint(about shape: Shape) -> Mismatch?
}

extension Initializer {
  public func complaint(about shape: Shape) -> Mismatch? { nil }

  /// Starting values, a pure function of type, fan and seed.
  public func values(type: TensorType, fan: Fan, seed: Seed) -> HostTensor {
    source(type: type, fan: fan, seed: seed).value()
  }

  /// Starting values that are drawn where they are to live; a pure function of type, fan and seed.
  public func source(type: TensorType, fan: Fan, seed: Seed) -> ValueSource {
    distribution(of: type.shape, fan: fan).source(type: type, seed: seed)
  }
}

/// Codes an initializer of any kind: a name, or an object with `kind` and its settings.
public struct InitializerBox: Codable, Sendable {
  /// The initializer.
  public let initializer: any Initializer

  /// Boxes an initializer for coding.
  public init(_ initializer: any Initializer) { self.initializer = initializer }

  public init(from decoder: any Decoder) throws {
    initializer = try decoder.part("initializer", among: initializerCatalog)
  }

  public func encode(to encoder: any Encoder) throws {
    guard initializer is any PlainPart else { return try encoder.encode(part: initializer) }
    var container = encoder.singleValueContainer()
    try container.encode(type(of: initializer).kind)
  }
}
