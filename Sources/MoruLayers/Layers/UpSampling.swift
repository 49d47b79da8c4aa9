import MoruArchive
public import MoruGraph
import MoruTensors

/// Each step repeated. `[batch, time, features] → [batch, time · size, features]`; see
/// `UpSamplingLayer`.
public typealias UpSampling1D = UpSamplingLayer<Size1D>

/// Larger pictures. `[batch, height, width, channels] → [batch, height · size, width · size,
/// channels]`; see `UpSamplingLayer`.
public typealias UpSampling2D = UpSamplingLayer<Size2D>

/// Larger volumes. `[batch, depth, height, width, channels] → [batch, spatial · size…, channels]`;
/// see `UpSamplingLayer`.
public typealias UpSampling3D = UpSamplingLayer<Size3D>

/// Each element repeated `size` times along each spatial axis, or values in between.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, spatial · size…, channels]`.
public struct UpSamplingLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "UpSampling\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// How often elements are repeated.
  public let size: Size
  /// How the larger picture is drawn.
  public let interpolation: Interpolation

  /// Repeats elements, or draws values between them.
  public init(
    _ size: Size = 2, interpolation: Interpolation = .nearest, name: String? = nil
  ) {
    self.size = size
    self.interpolation = interpolation
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    guard size.isUsable else {
      return .failure(
        Self.kind, [x],
        Mismatch("its size is not between 1 and \(sizeLimit)", "Choose sizes of at least 1."))
    }
    guard Shape.checkedElementCount(x.shape.dimensions + size.list) != nil else {
      return .failure(
        Self.kind, [x],
        Mismatch("the result has more elements than can be counted", "Use smaller sizes."))
    }
    switch interpolation {
    case .nearest: return repeated(x)
    case .bilinear:
      return zip(Size.places, size.list).reduce(x.floating()) { y, axis in
        y.resized(axis: axis.0, to: y.shape[axis.0] * axis.1, .bilinear)
      }
    }
  }

  private func repeated(_ x: Tensor) -> Tensor {
    let sizes = Size.places.map { x.shape[$0] }
    let (batch, channels) = (x.shape[0], x.shape[Size.count + 1])
    let pairs = zip(sizes, size.list)
    return x.reshaped(to: Shape([batch] + sizes.flatMap { [$0, 1] } + [channels]))
      .broadcast(to: Shape([batch] + pairs.flatMap { [$0, $1] } + [channels]))
      .reshaped(to: Shape([batch] + pairs.map { $0 * $1 } + [channels]))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, size, interpolation
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    size = try fields.value(.size, default: 2)
    interpolation = try fields.value(.interpolation, default: .nearest)
  }
}
