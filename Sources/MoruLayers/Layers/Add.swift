public import MoruGraph

/// The sum of its inputs, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`; sizes of 1 broadcast.
public struct Add: MergingLayer, PlainLayer {
  public static let kind = "Add"
  public var identity = Identity()
  public let name: String?

  /// Adds its inputs.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { $0 + $1 }
  }
}
