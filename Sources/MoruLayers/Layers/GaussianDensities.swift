import MoruArchive
public import MoruGraph
import MoruTensors

/// How likely a sample is under each of several Gaussians whose axes are those of the features, as a
/// logarithm: `bias − ½ · Σ ((x − mean) · precision)²` over the features.
///
/// `precision` is one over the standard deviation; `bias` holds the logarithm of the share of each
/// Gaussian and of its norming factor. With a softmax behind it, it is a naive Bayes classifier, or
/// says which part of a mixture a sample belongs to.
///
/// - Shapes: `[batch, features] → [batch, units]`; weights `mean` and `precision`
///   `[units, features]`, `bias` `[units]`.
public struct GaussianDensities: UnaryLayer {
  public static let kind = "GaussianDensities"
  public var identity = Identity()
  public let name: String?
  /// Number of Gaussians, at least 1.
  public let units: Int

  /// The densities of `units` Gaussians.
  public init(_ units: Int, name: String? = nil) {
    self.units = units
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 2, units >= 1 else {
      return .failure(
        Self.kind, [x],
        units < 1
          ? Mismatch("it has \(units) units", "Ask for at least one.")
          : Mismatch(
            "its input has shape \(x.shape), not [batch, features]", "Flatten the samples first."))
    }
    let shape: Shape = [units, x.shape[1]]
    let mean = scope.parameter("mean", shape, initializer: .randomNormal())
    let precision = scope.parameter("precision", shape, initializer: .ones)
    let bias = scope.parameter("bias", [units], initializer: .zeros)
    // Differences before squares: squares of large features would leave nothing of small distances.
    let distance = (x.floating().expanded(at: 1) - mean) * precision
    return bias - 0.5 * square(distance).sum(axes: [2])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
  }
}
