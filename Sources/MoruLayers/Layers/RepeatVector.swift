import MoruArchive
public import MoruGraph
import MoruTensors

/// The same features at each of `count` time steps.
///
/// - Shapes: `[batch, features] → [batch, count, features]`.
public struct RepeatVector: UnaryLayer {
  public static let kind = "RepeatVector"
  public var identity = Identity()
  public let name: String?
  /// Number of time steps, at least 1.
  public let count: Int

  /// Repeats features over `count` steps.
  public init(_ count: Int, name: String? = nil) {
    self.count = count
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 2, (1...sizeLimit).contains(count) else {
      return .failure(
        Self.kind, [x],
        x.rank == 2
          ? Mismatch("its count is \(count)", "Choose a count between 1 and \(sizeLimit).")
          : Mismatch("its input has rank \(x.rank), not 2", "Pass [batch, features]."))
    }
    return x.expanded(at: 1).broadcast(to: [x.shape[0], count, x.shape[1]])
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, count
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    count = try fields.positive(.count)
  }
}
