import MoruArchive
public import MoruGraph
import MoruTensors

/// A fully connected recurrence: `h ← activation(x·W + h·U + b)`.
///
/// - Shapes: `[batch, time, features] → [batch, units]`, or `[batch, time, units]` with
///   `returnSequences`; with `returnState` then the last output, `[batch, units]`. Further inputs,
///   if any, are the initial states. Kernel `[features, units]`, recurrent kernel `[units, units]`,
///   bias `[units]`.
/// - Source: Elman 1990, doi:10.1207/s15516709cog1402_1.
public struct SimpleRNN: Layer {
  public static let kind = "SimpleRNN"
  public var identity = Identity()
  public let name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// What the output goes through.
  public let activation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts.
  public let kernelInitializer: Initializer
  /// How the recurrent kernel starts.
  public let recurrentInitializer: Initializer
  /// How the bias starts.
  public let biasInitializer: Initializer
  /// What the kernel adds to the loss.
  public let kernelRegularizer: Regularizer?
  /// What the recurrent kernel adds to the loss.
  public let recurrentRegularizer: Regularizer?
  /// Probability that an input is dropped in training, in all steps alike; at least 0 and below 1.
  public let dropout: Double
  /// Probability that an output is dropped on its way to the next step, in all steps alike.
  public let recurrentDropout: Double
  /// Whether the outputs of all steps are returned, in the order in which they are made.
  public let returnSequences: Bool
  /// Whether the last states are returned too.
  public let returnState: Bool
  /// Whether time runs from the last step to the first.
  public let goBackwards: Bool

  /// A recurrence of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    dropout: Double = 0, recurrentDropout: Double = 0, returnSequences: Bool = false,
    returnState: Bool = false, goBackwards: Bool = false, name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.recurrentInitializer = recurrentInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.recurrentRegularizer = recurrentRegularizer
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
    self.name = name
  }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    var recurrent = Tensor(0)
    return recurrence.draw(inputs, in: scope) { x in
      let kernel = scope.parameter(
        "kernel", [x.shape[2], units], initializer: kernelInitializer,
        regularizer: kernelRegularizer)
      recurrent = scope.parameter(
        "recurrent_kernel", [units, units], initializer: recurrentInitializer,
        regularizer: recurrentRegularizer)
      let z = matmul(x, kernel)
      return useBias ? z + scope.parameter("bias", [units], initializer: biasInitializer) : z
    } step: { z, h, _ in
      [activation(z + matmul(h, recurrent))]
    }
  }

  private var recurrence: Recurrence {
    Recurrence(
      kind: Self.kind, units: units, stateCount: 1, dropout: dropout,
      recurrentDropout: recurrentDropout, returnSequences: returnSequences,
      returnState: returnState, goBackwards: goBackwards)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, activation, useBias, kernelInitializer, recurrentInitializer, biasInitializer,
      kernelRegularizer, recurrentRegularizer, dropout, recurrentDropout, returnSequences,
      returnState, goBackwards
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    activation = try fields.value(.activation, default: .tanh)
    useBias = try fields.value(.useBias, default: true)
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    recurrentInitializer = try fields.value(.recurrentInitializer, default: .orthogonal)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
    recurrentRegularizer = try fields.optional(.recurrentRegularizer)
    dropout = try fields.rate(.dropout)
    recurrentDropout = try fields.rate(.recurrentDropout)
    returnSequences = try fields.value(.returnSequences, default: false)
    returnState = try fields.value(.returnState, default: false)
    goBackwards = try fields.value(.goBackwards, default: false)
  }
}
