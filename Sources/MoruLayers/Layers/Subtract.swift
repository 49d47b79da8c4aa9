public import MoruGraph

/// The first of two inputs minus the second, elementwise with broadcasting.
///
/// - Shapes: `[batch, …] × n → [batch, …]`; sizes of 1 broadcast.
public struct Subtract: MergingLayer, PlainLayer {
  public static let kind = "Subtract"
  public var identity = Identity()
  public let name: String?

  /// Subtracts the second input from the first.
  public init(name: String? = nil) { self.name = name }

  public var passesMask: Bool { true }

  public func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor {
    guard inputs.count == 2 else {
      return .failure(
        Self.kind, inputs,
        Mismatch("it takes two inputs, not \(inputs.count)", "Pass what to subtract from first."))
    }
    return inputs[0] - inputs[1]
  }
}
