import MoruArchive
public import MoruGraph
import MoruTensors

/// Sequences without their first and last steps. `[batch, time, features] → [batch, time − before −
/// after, features]`; see `CroppingLayer`.
public typealias Cropping1D = CroppingLayer<Size1D>

/// Pictures without their borders. `[batch, height, width, channels] → [batch, height − top −
/// bottom, width − left − right, channels]`; see `CroppingLayer`.
public typealias Cropping2D = CroppingLayer<Size2D>

/// Volumes without their borders. `[batch, depth, height, width, channels] → [batch, …, channels]`;
/// see `CroppingLayer`.
public typealias Cropping3D = CroppingLayer<Size3D>

/// What is left when elements are cut off before and after, along each spatial axis.
///
/// - Shapes: `[batch, spatial…, channels] → [batch, out…, channels]`, `out = size − before − after`.
public struct CroppingLayer<Size: SpatialSize>: UnaryLayer {
  public static var kind: String { "Cropping\(Size.count)D" }
  public var identity = Identity()
  public let name: String?
  /// How many elements are cut off.
  public let cropping: Margins<Size>

  /// Cuts off the borders.
  public init(_ cropping: Margins<Size> = 1, name: String? = nil) {
    self.cropping = cropping
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let failed = Size.refusedRank(Self.kind, x) { return failed }
    let sides = zip(cropping.before, cropping.after)
    guard cropping.isUsable,
      zip(Size.places, sides).allSatisfy({ x.shape[$0] > $1.0 + $1.1 })
    else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "cropping \(cropping.before) before and \(cropping.after) after leaves nothing",
          "Choose numbers of at least 0 that leave an element."))
    }
    return zip(Size.places, sides).reduce(x) { y, axis in
      y.sliced(axis.1.0..<y.shape[axis.0] - axis.1.1, axis: axis.0)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, cropping
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    cropping = try fields.value(.cropping, default: 1)
  }
}
