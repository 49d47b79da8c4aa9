public import MoruGraph

/// What quantizing made of a model.
public struct QuantizationReport: Sendable, Equatable, CustomStringConvertible {
  /// A weight that is whole numbers now.
  public struct Product: Sendable, Equatable {
    /// Its path.
    public let weight: String
    /// How the inputs of its products are written.
    public let input: QuantizedRange
  }

  /// A weight of two or more axes that stays in Float32.
  public struct Kept: Sendable, Equatable {
    /// Its path.
    public let weight: String
    /// Why.
    public let reason: String
  }

  /// What is computed on whole numbers, in the order of the model.
  public let products: [Product]
  /// What is not.
  public let kept: [Kept]
  /// Bytes of all weights before.
  public let bytesBefore: Int
  /// Bytes of all weights after.
  public let bytesAfter: Int

  public var description: String {
    let share = Double(bytesBefore) / Double(max(bytesAfter, 1))
    let sizes =
      "\(products.count) kernels in Int8; \(bytesBefore) bytes of weights became \(bytesAfter), "
      + "1/\((share * 100).rounded() / 100)"
    return ([sizes] + kept.map { "\($0.weight) stays in Float32: \($0.reason)" })
      .joined(separator: "\n")
  }
}
