public import MoruTensors

/// The sizes that variance-scaling initializers divide by.
public struct Fan: Hashable, Sendable {
  /// How many inputs each output element sums over.
  public let input: Int
  /// How many outputs each input element contributes to.
  public let output: Int

  /// Fans by count.
  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }

  /// Keras's rule for `[…window, input, output]`; a vector's fans are its length.
  public init(_ shape: Shape) {
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    let last = shape.last ?? 1
    input = window * (shape.rank >= 2 ? shape[shape.rank - 2] : last)
    output = window * last
  }
}
