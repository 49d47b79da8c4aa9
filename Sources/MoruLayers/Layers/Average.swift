public import MoruGraph

/// The mean of its inputs, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`; sizes of 1 broadcast.
public struct Average: MergingLayer, PlainLayer {
  public static let kind = "Average"
  public var identity = Identity()
  public let name: String?

  /// Takes the mean of its inputs.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    let sum = inputs.dropFirst().reduce(inputs[0].floating()) { $0 + $1.floating() }
    return sum * Tensor(1 / Double(inputs.count))
  }
}
