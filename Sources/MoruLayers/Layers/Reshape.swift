import MoruArchive
public import MoruGraph
public import MoruTensors

/// The same elements of each sample under another shape.
///
/// - Shapes: `[batch, …] → [batch] + targetShape`.
public struct Reshape: UnaryLayer {
  public static let kind = "Reshape"
  public var identity = Identity()
  public let name: String?
  /// Shape of one sample, without the batch axis.
  public let targetShape: Shape

  /// Gives each sample the shape `targetShape`.
  public init(_ targetShape: Shape, name: String? = nil) {
    self.targetShape = targetShape
    self.name = name
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let batch = x.shape.first else {
      return .failure(
        Self.kind, [x], Mismatch("its input has no batch axis", "Pass [batch, …]."))
    }
    let dimensions = [batch] + targetShape.dimensions
    guard Shape.checkedElementCount(dimensions) == x.shape.elementCount else {
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
