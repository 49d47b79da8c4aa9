import MoruArchive
public import MoruGraph
import MoruTensors

/// How likely a sample is under each of several Gaussians, as a logarithm:
/// `bias − ½ · |(x − mean) · P|²`, where `P · Pᵀ` is the inverse of the covariance.
///
/// Of a diagonal covariance `P` is one number a feature, one over the standard deviation. `bias` holds
/// the logarithm of the share of each Gaussian and of its norming factor. With a softmax behind it, it
/// is a naive Bayes classifier, or says which part of a mixture a sample belongs to.
///
/// - Shapes: `[batch, features] → [batch, units]`; weights `mean` `[units, features]`, `precision`
///   `[units, features]`, or `[units, features, features]` of full covariances, `bias` `[units]`.
public struct GaussianDensities: UnaryLayer {
  /// What the covariances may be.
  public enum Covariance: String, Codable, Sendable, CaseIterable {
    /// The Gaussians' axes are those of the features.
    case diagonal
    /// Any.
    case full
  }

  public static let kind = "GaussianDensities"
  public var identity = Identity()
  public let name: String?
  /// Number of Gaussians, at least 1.
  public let units: Int

  /// What the covariances may be.
  public let covariance: Covariance

  /// The densities of `units` Gaussians.
  public init(_ units: Int, covariance: Covariance = .diagonal, name: String? = nil) {
    self.units = units
    self.covariance = covariance
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
    let bias = scope.parameter("bias", [units], initializer: .zeros)
    // Differences before squares: squares of large features would leave nothing of small distances.
    let difference = x.floating().expanded(at: 1) - mean
    return bias - 0.5 * square(whitened(difference, in: scope)).sum(axes: [2])
  }

  /// Differences `[batch, units, features]` in standard deviations along each Gaussian's axes.
  private func whitened(_ difference: Tensor, in scope: Scope) -> Tensor {
    let features = difference.shape[2]
    switch covariance {
    case .diagonal:
      return difference * scope.parameter("precision", [units, features], initializer: .ones)
    case .full:
      let precision = scope.parameter(
        "precision", [units, features, features], initializer: .randomNormal())
      return matmul(difference.transposed([1, 0, 2]), precision).transposed([1, 0, 2])
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, covariance
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    covariance = try fields.value(.covariance, default: .diagonal)
  }
}
