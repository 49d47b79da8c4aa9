import MoruArchive
public import MoruGraph
public import MoruTensors

/// `gain` where row and column have the same number, 0 elsewhere: for matrices.
///
/// - Source: Le, Jaitly, Hinton 2015, arXiv:1504.00941, for recurrent kernels under relu.
public struct IdentityInitializer: Initializer {
  public static let kind = "identity"
  /// What stands on the diagonal.
  public let gain: Double

  /// `gain` on the diagonal.
  public init(gain: Double = 1) { self.gain = gain }

  public func complaint(about shape: Shape) -> Mismatch? {
    guard shape.rank != 2 else { return nil }
    return Mismatch(
      "of shape \(shape) cannot start as an identity, which is a matrix",
      "Choose another initializer, orthogonal for instance.")
  }

  public func distribution(of shape: Shape, fan: Fan) -> WeightDistribution {
    .joint { [gain] _ in
      let columns = shape.last ?? 1
      return (0..<shape.elementCount).map { $0 / columns == $0 % columns ? gain : 0 }
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case gain }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    gain = try fields.value(.gain, default: 1)
  }
}

extension Initializer where Self == IdentityInitializer {
  /// Ones on the diagonal of a matrix.
  public static var identity: Self { .init() }
  /// `gain` on the diagonal of a matrix.
  public static func identity(gain: Double) -> Self { .init(gain: gain) }
}
