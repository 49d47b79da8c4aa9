public import MoruGraph

/// The greatest of its inputs, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`; sizes of 1 broadcast.
public struct Maximum: MergingLayer, PlainLayer {
  public static let kind = "Maximum"
  public var identity = Identity()
  public let name: String?

  /// Takes the greatest of its inputs.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { maximum($0, $1) }
  }
}
