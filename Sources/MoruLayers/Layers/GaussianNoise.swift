import MoruArchive
public import MoruGraph
import MoruTensors

/// In training adds normal numbers of mean 0; otherwise does nothing.
///
/// - Shapes: `[batch, …] → [batch, …]`.
/// - Source: Bishop 1995, doi:10.1162/neco.1995.7.1.108.
public struct GaussianNoise: UnaryLayer {
  public static let kind = "GaussianNoise"
  public var identity = Identity()
  public let name: String?
  /// Standard deviation of the noise, in the units of the input, at least 0.
  public let standardDeviation: Double

  /// Adds normal noise.
  public init(_ standardDeviation: Double, name: String? = nil) {
    self.standardDeviation = standardDeviation
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard standardDeviation >= 0 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its standard deviation is \(standardDeviation)", "Choose one of at least 0."))
    }
    let x = x.floating()
    guard let seed = scope.seed, standardDeviation > 0 else { return x }
    let noise = Tensor.randomNormal(
      x.shape, seed: seed, stream: scope.nextStream(), dtype: x.dtype)
    return x + Tensor(standardDeviation) * noise
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, standardDeviation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    standardDeviation = try fields.required(.standardDeviation)
    guard standardDeviation >= 0 else {
      throw fields.outOfRange(.standardDeviation, "at least 0, not \(standardDeviation)")
    }
  }
}
