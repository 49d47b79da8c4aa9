public import MoruGraph

/// The least of its inputs, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`; sizes of 1 broadcast.
public struct Minimum: MergingLayer, PlainLayer {
  public static let kind = "Minimum"
  public var identity = Identity()
  public let name: String?

  /// Takes the least of its inputs.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { minimum($0, $1) }
  }
}
