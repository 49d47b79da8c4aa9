/// What can be wrong with a computation that a user wrote.
public enum GraphError: Error, Equatable, CustomStringConvertible {
  /// An operation was given values it is not defined for.
  case unfit(operation: String, types: [TensorType], mismatch: Mismatch, at: CallerLocation?)
  /// A graph needs the value of a placeholder that is not among its inputs.
  case unbound(TensorType)
  /// Several operations were given values they are not defined for.
  case several([GraphError])
  /// A gradient was asked of something that is not one floating-point number.
  case notAScalar(TensorType)
  /// A program was given other inputs than its graph declares.
  case inputs(expected: [TensorType], found: [TensorType])
  /// A resident value belongs to another executor or has another type.
  case resident(expected: TensorType, found: String)
  /// A graph breaks its own rules: a bug in a transform, not in user code.
  case malformed(String)

  public var description: String {
    switch self {
    case .unfit(let operation, let types, let mismatch, let location):
      "\(operation): \(types.map(\.description).joined(separator: " and ")) do not fit"
        + (location.map { " (\($0))" } ?? "") + ": \(mismatch.reason). \(mismatch.remedy)"
    case .unbound(let type):
      "The computation depends on a placeholder of type \(type) that is not among its inputs. "
        + "Pass it as an input, or make it a constant."
    case .several(let errors):
      errors.map(\.description).joined(separator: "\n")
    case .notAScalar(let type):
      "A gradient needs one floating-point number to start from, not \(type). "
        + "Reduce the loss first: loss.mean() or loss.sum()."
    case .inputs(let expected, let found):
      "The program takes inputs \(expected) and was given \(found). "
        + "Pass values of these types, in this order."
    case .resident(let expected, let found):
      "The program needs a resident value of type \(expected) on its own executor, not \(found). "
        + "Place the value with executor.place first."
    case .malformed(let detail):
      "The graph is malformed: \(detail). This is a bug in Moru; please report it."
    }
  }
}

/// Why values do not fit an operation, and what would help.
public struct Mismatch: Error, Equatable {
  /// The facts, without a full stop.
  public let reason: String
  /// The next step, a whole sentence.
  public let remedy: String

  /// Facts and a next step.
  public init(_ reason: String, _ remedy: String) {
    self.reason = reason
    self.remedy = remedy
  }
}
