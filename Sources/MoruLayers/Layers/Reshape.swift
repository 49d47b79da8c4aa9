import MoruArchive
public import MoruGraph
import MoruTensors

/// The same elements of each sample under another shape.
///
/// - Shapes: `[batch, …] → [batch] + targetShape`; a size of −1 is worked out from the others.
public struct Reshape: UnaryLayer {
  public static let kind = "Reshape"
  public var identity = Identity()
  public let name: String?
  /// Sizes of one sample, without the batch axis; at most one is −1, for what is left.
  public let targetShape: [Int]

  /// Gives each sample the shape `targetShape`.
  public init(_ targetShape: [Int], name: String? = nil) {
    self.targetShape = targetShape
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let batch = x.shape.first else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no batch axis", "Pass [batch, …]."))
    }
    let sample = x.shape.dropFirst().reduce(1, *)
    let known = Shape.checkedElementCount(targetShape.filter { $0 != -1 }) ?? 0
    let rest = known == 0 ? 0 : sample / known
    let dimensions = [batch] + targetShape.map { $0 == -1 ? rest : $0 }
    guard targetShape.count(where: { $0 == -1 }) <= 1,
      Shape.checkedElementCount(dimensions) == x.shape.elementCount
    else {
      return .failure(
        Self.kind, [x],
        Mismatch(
          "samples of shape \(Array(x.shape.dropFirst())) do not fill \(targetShape)",
          "Choose a target shape of as many elements."))
    }
    return x.reshaped(to: Shape(dimensions))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, targetShape
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    targetShape = try fields.required(.targetShape)
  }
}
