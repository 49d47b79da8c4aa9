public import MoruArchive
public import MoruGraph
import MoruTensors

/// What a weight is held to: after each update it is moved to the nearest value that is allowed.
public protocol Constraint: NamedPart {
  /// The allowed value that a weight becomes, of the same shape.
  ///
  /// A constraint that is given a weight it is not defined for returns `Tensor.failure`.
  func held(_ weight: Tensor) -> Tensor
}

/// A constraint on the lengths of a weight's vectors.
protocol NormConstraint: Constraint {
  /// The axes along which elements form one vector.
  var axes: [Int] { get }

  /// The length that vectors of some lengths shall have.
  func length(_ lengths: Tensor) -> Tensor
}

extension NormConstraint {
  public func held(_ weight: Tensor) -> Tensor {
    guard weight.error == nil else { return weight }
    guard !axes.isEmpty, axes.allSatisfy({ weight.shape.axis($0) != nil }) else {
      return .failure(
        Self.kind, [weight],
        Mismatch(
          "axes \(axes) are not axes of a weight of rank \(weight.rank)",
          "Choose axes in 0..<\(weight.rank)."))
    }
    let lengths = sqrt(square(weight).sum(axes: axes, keepingAxes: true))
    return weight * (length(lengths) / (lengths + 1e-7))
  }
}

extension Dictionary where Key == String, Value == Tensor {
  /// Parameters by path, each moved to what its constraint allows; see `Scope.constraints`.
  public func held(to constraints: [String: any Constraint]) -> [String: Tensor] {
    var held = self
    for (path, constraint) in constraints { held[path] = self[path].map(constraint.held) }
    return held
  }
}

extension Fields {
  /// The axes along which elements form one vector, the first one if none is named.
  func axes(_ key: Key) throws -> [Int] {
    let axes: [Int] = try value(key, default: [0])
    guard !axes.isEmpty else { throw outOfRange(key, "at least one axis") }
    return axes
  }
}

/// Codes a constraint of any kind: a name, or an object with `kind` and its settings.
public struct ConstraintBox: Codable, Sendable {
  /// The constraint.
  public let constraint: any Constraint

  /// Boxes a constraint for coding.
  public init(_ constraint: any Constraint) { self.constraint = constraint }

  public init(from decoder: any Decoder) throws {
    constraint = try decoder.part("constraint", among: constraintCatalog)
  }

  public func encode(to encoder: any Encoder) throws { try encoder.encode(part: constraint) }
}
