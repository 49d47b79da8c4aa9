import MoruArchive
public import MoruGraph
import MoruTensors

/// Dropout of whole features of sequences. `[batch, time, features]` → the same; see
/// `SpatialDropoutLayer`.
public typealias SpatialDropout1D = SpatialDropoutLayer<Size1D>

/// Dropout of whole channels of pictures. `[batch, height, width, channels]` → the same; see
/// `SpatialDropoutLayer`.
public typealias SpatialDropout2D = SpatialDropoutLayer<Size2D>

/// Dropout of whole channels of volumes. `[batch, depth, height, width, channels]` → the same; see
/// `SpatialDropoutLayer`.
public typealias SpatialDropout3D = SpatialDropoutLayer<Size3D>

/// In training sets each channel of each sample to 0 with probability `rate` and scales the others
/// by `1/(1 − rate)`; otherwise does nothing.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, spatial…, channels]`.
/// - Source: Tompson et al. 2014, arXiv:1411.4280, section 3.2.
public struct SpatialDropoutLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "SpatialDropout\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// Probability that a channel is dropped, at least 0 and below 1.
  public let rate: Double

  /// Drops channels with probability `rate`.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    guard (0..<1).contains(rate) else {
      return .failure(
        Self.kind, [x], Mismatch("its rate is \(rate)", "Choose a rate of at least 0, below 1."))
    }
    let shape = Shape([x.shape[0]] + Size.axes.map { _ in 1 } + [x.shape[Size.count + 1]])
    return scope.dropped(x.floating(), rate, together: shape)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, rate
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    rate = try fields.requiredRate(.rate)
  }
}
