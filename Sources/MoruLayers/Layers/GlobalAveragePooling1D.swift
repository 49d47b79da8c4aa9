import MoruArchive
public import MoruGraph
import MoruTensors

/// The mean of each feature over all time steps.
///
/// - Shapes: `[batch, time, features] → [batch, features]`.
public struct GlobalAveragePooling1D: UnaryLayer {
  public static let kind = "GlobalAveragePooling1D"
  public var identity = Identity()
  public let name: String?

  /// Pooling over all of the sequence.
  public init(name: String? = nil) { self.name = name }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3 else {
      return .failure(
        Self.kind, [x],
        Mismatch("its input has rank \(x.rank), not 3", "Pass [batch, time, features]."))
    }
    return x.floating().mean(axes: [1])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
  }
}
