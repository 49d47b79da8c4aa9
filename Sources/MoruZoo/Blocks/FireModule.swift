import MoruGraph
public import MoruLayers

/// A 1×1 convolution to few channels, then one of 1×1 and one of 3×3 side by side.
///
/// - Shapes: `[height, width, channels] → [height, width, 2 · expanded]`.
/// - Source: Iandola et al. 2016, arXiv:1602.07360, figure 1.
public struct FireModule: Sendable {
  /// Number of channels in between.
  public var squeezed: Int
  /// Number of channels of each of the two convolutions side by side.
  public var expanded: Int
  /// What the names of the layers begin with.
  public var name: String

  /// Few channels, then many.
  public init(squeezed: Int, expanded: Int, name: String) {
    self.squeezed = squeezed
    self.expanded = expanded
    self.name = name
  }

  /// Draws the block.
  public func callAsFunction(_ x: Symbol) -> Symbol {
    func convolution(_ filters: Int, kernel: Size2D, _ part: String) -> Conv2D {
      Conv2D(
        filters, kernel: kernel, padding: .same, activation: .relu, kernelInitializer: .heUniform,
        name: "\(name)_\(part)")
    }
    let narrow = convolution(squeezed, kernel: 1, "squeeze")(x)
    return Concatenate(name: "\(name)_concat")([
      convolution(expanded, kernel: 1, "expand1x1")(narrow),
      convolution(expanded, kernel: 3, "expand3x3")(narrow),
    ])
  }
}
