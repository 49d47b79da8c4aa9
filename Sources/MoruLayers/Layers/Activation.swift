import MoruArchive
public import MoruGraph

/// Applies a function to its input.
///
/// - Shapes: `[batch, …] → [batch, …]`.
public struct Activation: UnaryLayer {
  public static let kind = "Activation"
  public var identity = Identity()
  public let name: String?
  /// The function.
  public let function: ActivationFunction

  /// Applies `function`.
  public init(_ function: ActivationFunction, name: String? = nil) {
    self.function = function
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor { function(x.floating()) }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, function
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    function = try fields.required(.function)
  }
}
