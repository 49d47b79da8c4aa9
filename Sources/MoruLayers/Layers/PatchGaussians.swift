import MoruArchive
public import MoruGraph
import MoruTensors

/// How far the features at each place of a picture lie from what they usually are there:
/// `|(x − mean) · P|`, with a mean and a `P` for each place. Where `P · Pᵀ` is the inverse of a covariance,
/// that is Mahalanobis's distance.
///
/// - Shapes: `[batch, height, width, features] → [batch, height, width, 1]`; with places = height · width
///   and c of the features looked at, states `mean` `[places, c]`, `precision` `[places, c, c]`.
/// - Source: Defard, Setkov, Loesch, Audigier 2021, PaDiM, arXiv:2011.08785.
public struct PatchGaussians: UnaryLayer {
  public static let kind = "PatchGaussians"
  public var identity = Identity()
  public let name: String?
  /// The places of the features that are looked at, at least one.
  public let channels: [Int]

  /// Distances by some of the features.
  public init(channels: [Int], name: String? = nil) {
    self.channels = channels
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size2D.refusedRank(Self.kind, x) { return failed }
    let (batch, places, features) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
    guard !channels.isEmpty, channels.allSatisfy((0..<features).contains) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "it looks at features that are not among \(features)", "Name some of 0..<\(features)."))
    }
    let count = channels.count
    let mean = scope.state("mean", [places, count])
    let precision = scope.state("precision", [places, count, count])
    let chosen = x.floating().gathered(Tensor(HostTensor(channels.map(Int32.init))), axis: 3)
    // Differences before squares: squares of large features would leave nothing of small distances.
    let difference = chosen.reshaped(to: [batch, places, count]) - mean
    let whitened = matmul(difference.transposed([1, 0, 2]), precision)
    let distance = sqrt(square(whitened).sum(axes: [2]))
    return distance.transposed([1, 0]).reshaped(to: [batch, x.shape[1], x.shape[2], 1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, channels
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    channels = try fields.required(.channels)
    guard !channels.isEmpty, channels.allSatisfy({ 0 <= $0 && $0 < sizeLimit }) else {
      throw fields.outOfRange(.channels, "at least one place of a feature, from 0 on")
    }
  }
}
