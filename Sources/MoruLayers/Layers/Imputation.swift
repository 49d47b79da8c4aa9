import MoruArchive
public import MoruGraph
import MoruTensors

/// Puts a number of its feature's where a value is missing (NaN): what SimpleImputer of training data
/// becomes in a model.
///
/// - Shapes: `[batch, …, features] → [batch, …, features]`.
public struct Imputation: UnaryLayer {
  public static let kind = "Imputation"
  public var identity = Identity()
  public let name: String?
  /// What a missing value of each feature becomes.
  public let fill: [Double]

  /// A layer with a number for each feature.
  public init(_ fill: [Double], name: String? = nil) {
    self.fill = fill
    self.name = name
  }

  public var passesMask: Bool { true }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 2, fill.count == x.shape[x.rank - 1] else {
      return .failure(
        Self.kind, [x],
        Mismatch("it was fitted to \(fill.count) features", "Pass [batch, …, \(fill.count)]."))
    }
    // Whole numbers have no NaN.
    guard x.dtype.isFloating else { return x }
    let fill = Tensor(HostTensor(fill).converted(to: x.dtype))
    return select(x .== x, x, fill.broadcast(to: x.shape))
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, fill
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    fill = try fields.required(.fill)
  }
}
