import Foundation
import MoruArchive
public import MoruGraph
import MoruTensors

/// Pictures whose elements are weighted means of those around them, by a Gaussian of the distance that is
/// cut off at four standard deviations. Beyond its border a picture goes on as in a mirror.
///
/// - Shapes: `[batch, height, width, channels] → [batch, height, width, channels]`.
/// - Source: the kernel and the borders of SciPy's `ndimage.gaussian_filter`.
public struct GaussianFilter: UnaryLayer {
  public static let kind = "GaussianFilter"
  public var identity = Identity()
  public let name: String?
  /// The Gaussian's standard deviation, in elements; above 0.
  public let sigma: Double

  /// Blurs by a Gaussian.
  public init(_ sigma: Double, name: String? = nil) {
    self.sigma = sigma
    self.name = name
  }

  /// Each side's shares are a matrix of as many rows and columns.
  private static let greatestSide = 4096

  /// Beyond that a blurred picture is its mean.
  private static let range = 0.0...1000

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    guard sigma > 0, Self.range.contains(sigma), x.shape.elementCount > 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its standard deviation is \(sigma), or a picture is empty",
          "Choose one above 0, up to 1000."))
    }
    guard max(x.shape[1], x.shape[2]) <= Self.greatestSide else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its pictures have more than \(Self.greatestSide) rows or columns", "Resize them first.")
      )
    }
    let x = x.floating()
    let down = einsum("bhwc,hi->biwc", x, shares(x.shape[1], x.dtype))
    return einsum("bhwc,wi->bhic", down, shares(x.shape[2], x.dtype))
  }

  /// How much each element of a line, by rows, counts in each blurred one, by columns.
  private func shares(_ size: Int, _ dtype: DType) -> Tensor {
    let radius = Int(4 * sigma + 0.5)
    let weights = (-radius...radius).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
    let total = weights.reduce(0, +)
    var shares = [Double](repeating: 0, count: size * size)
    for column in 0..<size {
      for (step, weight) in weights.enumerated() {
        // The line and its mirror image, over and over.
        let place = (column + step - radius) % (2 * size)
        let turned = place < 0 ? place + 2 * size : place
        shares[min(turned, 2 * size - 1 - turned) * size + column] += weight / total
      }
    }
    return Tensor(HostTensor(shares).converted(to: dtype)).reshaped(to: [size, size])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, sigma
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    sigma = try fields.required(.sigma)
    guard sigma > 0, Self.range.contains(sigma) else {
      throw fields.outOfRange(.sigma, "above 0, at most 1000, not \(sigma)")
    }
  }
}
