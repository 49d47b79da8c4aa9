import MoruArchive
public import MoruGraph
import MoruTensors

/// A function of tensors as a layer, for programs that need a step that no layer makes.
///
/// ```swift
/// Lambda { x in sin(x) * x }
/// ```
///
/// A function has no form in a file: a model that has one trains and predicts, but is not saved.
///
/// - Shapes: What the function makes of the inputs, batch axis first.
public struct Lambda: Layer {
  public static let kind = "Lambda"
  public var identity = Identity()
  public let name: String?
  public let passesMask: Bool
  private let function: @Sendable ([Tensor]) -> [Tensor]

  /// A layer of one input and one output.
  ///
  /// - Parameters:
  ///   - name: The name in messages.
  ///   - passesMask: Whether the time steps of the output are those of the input.
  ///   - function: What it computes, without weights.
  public init(
    name: String? = nil, passesMask: Bool = false,
    _ function: @escaping @Sendable (Tensor) -> Tensor
  ) {
    self.init(name, passesMask) { inputs in
      guard inputs.count == 1 else {
        return [
          .failure(
            Self.kind, inputs,
            Mismatch(
              "its function takes one input, not \(inputs.count)", "Use Lambda.ofSeveral."))
        ]
      }
      return [function(inputs[0])]
    }
  }

  /// A layer of several inputs or outputs.
  ///
  /// - Parameters:
  ///   - name: The name in messages.
  ///   - passesMask: Whether the time steps of the outputs are those of the inputs.
  ///   - function: What it computes of all inputs, without weights: at least one output.
  public static func ofSeveral(
    name: String? = nil, passesMask: Bool = false,
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) -> Lambda {
    Lambda(name, passesMask, function)
  }

  private init(
    _ name: String?, _ passesMask: Bool, _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) {
    self.name = name
    self.passesMask = passesMask
    self.function = function
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] { function(inputs) }

  /// Always fails: a function has no form in a file.
  public init(from decoder: any Decoder) throws { throw LayerError.notSavable(Self.kind) }

  /// Always fails: a function has no form in a file.
  public func encode(to encoder: any Encoder) throws {
    throw LayerError.notSavable(name ?? Self.kind)
  }
}
