import MoruArchive
public import MoruGraph
import MoruTensors

/// The axes of each sample in another order.
///
/// - Shapes: `[batch, …] → [batch, …]`: axis i of the output, the batch axis counted, is axis
///   `dimensions[i − 1]` of the input.
public struct Permute: UnaryLayer {
  public static let kind = "Permute"
  public var identity = Identity()
  public let name: String?
  /// The axes in their new order, counted from 1: the batch axis is 0 and stays.
  public let dimensions: [Int]

  /// Puts the axes into the order `dimensions`: `Permute([2, 1])` swaps the two axes of matrices.
  public init(_ dimensions: [Int], name: String? = nil) {
    self.dimensions = dimensions
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == dimensions.count + 1 else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "its input has rank \(x.rank), not \(dimensions.count + 1)",
          "Pass an axis for each of \(dimensions) after the batch axis."))
    }
    guard dimensions.sorted() == Array(1..<max(x.rank, 1)) else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "\(dimensions) is no order of the axes 1..<\(x.rank)", "Name each axis once, from 1 on."))
    }
    return x.transposed([0] + dimensions)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, dimensions
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    dimensions = try fields.required(.dimensions)
  }
}
