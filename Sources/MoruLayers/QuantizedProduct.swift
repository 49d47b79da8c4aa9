import MoruArchive
public import MoruGraph
public import MoruTensors

/// A product that a quantized layer computes on whole numbers of one byte.
public struct QuantizedProduct: Codable, Hashable, Sendable {
  /// The path of its kernel, below the quantized layer: `conv2d/kernel`.
  public let kernel: String
  /// How many of the kernel's last axes tell features apart, each of which has a scale of its own: 1
  /// but for depthwise kernels.
  public let featureAxes: Int
  /// How its input is written.
  public let input: QuantizedRange

  /// A product of an input with a kernel.
  public init(kernel: String, featureAxes: Int, input: QuantizedRange) {
    self.kernel = kernel
    self.featureAxes = featureAxes
    self.input = input
  }

  /// The shape of a kernel's scales: 1 for all axes but those that tell features apart.
  public func scaleShape(of kernel: Shape) -> Shape {
    Shape(kernel.indices.map { $0 < kernel.rank - featureAxes ? 1 : kernel[$0] })
  }

  /// Why a kernel cannot be quantized so; nil if it can.
  func complaint(about kernel: Shape) -> Mismatch? {
    guard (1...max(kernel.rank, 1)).contains(featureAxes), kernel.rank >= 2 else {
      return Mismatch(
        "the kernel \(self.kernel) of shape \(kernel) has no \(featureAxes) axes of features",
        "Quantize the model anew.")
    }
    guard input.scale.isNormal, input.scale > 0 else {
      return Mismatch(
        "the scale of the input of \(self.kernel) is \(input.scale)", "Quantize the model anew.")
    }
    return nil
  }
}

extension Sequence<QuantizedProduct> {
  /// The products by their kernels' paths below the present layer of a scope.
  func byPath(in scope: Scope) -> [String: QuantizedProduct] {
    Dictionary(
      map { (scope.path(below: $0.kernel), $0) }, uniquingKeysWith: { first, _ in first })
  }
}
