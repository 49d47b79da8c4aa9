import MoruArchive
public import MoruGraph
import MoruTensors

/// Long short-term memory: a cell that gates decide to write, keep and show.
///
/// With σ the recurrent activation, φ the activation, and x·W + h·U + b split into four gates:
/// `i = σ(·)`, `f = σ(·)`, `g = φ(·)`, `o = σ(·)`, `c ← f·c + i·g`, `h ← o·φ(c)`.
///
/// - Shapes: `[batch, time, features] → [batch, units]`, or `[batch, time, units]` with
///   `returnSequences`; with `returnState` then the last output and cell, `[batch, units]` each.
///   Further inputs, if any, are the initial states. Kernel `[features, 4·units]`, recurrent kernel
///   `[units, 4·units]`, bias `[4·units]`.
/// - Source: Hochreiter, Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with the forget gate of
///   Gers et al. 2000; gates in Keras's order i, f, c, o.
public struct LSTM: Layer {
  public static let kind = "LSTM"
  public var identity = Identity()
  public let name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// What the cell goes through.
  public let activation: ActivationFunction
  /// What gates go through.
  public let recurrentActivation: ActivationFunction
  /// Whether a bias is added.
  public let useBias: Bool
  /// How the kernel starts.
  public let kernelInitializer: Initializer
  /// How the recurrent kernel starts.
  public let recurrentInitializer: Initializer
  /// How the bias starts.
  public let biasInitializer: Initializer
  /// Whether the forget gate's bias starts at one.
  public let unitForgetBias: Bool
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

  /// A long short-term memory of `units` cells.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: Regularizer? = nil,
    recurrentRegularizer: Regularizer? = nil, dropout: Double = 0, recurrentDropout: Double = 0,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    name: String? = nil
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.recurrentInitializer = recurrentInitializer
    self.biasInitializer = biasInitializer
    self.unitForgetBias = unitForgetBias
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
        "kernel", [x.shape[2], 4 * units], initializer: kernelInitializer,
        regularizer: kernelRegularizer)
      recurrent = scope.parameter(
        "recurrent_kernel", [units, 4 * units], initializer: recurrentInitializer,
        regularizer: recurrentRegularizer)
      let z = matmul(x, kernel)
      guard useBias else { return z }
      return z
        + scope.parameter(
          "bias", [4 * units],
          initializer: unitForgetBias ? .unitForget(others: biasInitializer) : biasInitializer)
    } step: { z, h, states in
      let gates = z + matmul(h, recurrent)
      let input = recurrentActivation(gates.gate(0, of: units))
      let forget = recurrentActivation(gates.gate(1, of: units))
      let candidate = activation(gates.gate(2, of: units))
      let output = recurrentActivation(gates.gate(3, of: units))
      let cell = forget * states[1] + input * candidate
      return [output * activation(cell), cell]
    }
  }

  private var recurrence: Recurrence {
    Recurrence(
      kind: Self.kind, units: units, stateCount: 2, dropout: dropout,
      recurrentDropout: recurrentDropout, returnSequences: returnSequences,
      returnState: returnState, goBackwards: goBackwards)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, activation, recurrentActivation, useBias, kernelInitializer,
      recurrentInitializer, biasInitializer, unitForgetBias, kernelRegularizer,
      recurrentRegularizer, dropout, recurrentDropout, returnSequences, returnState, goBackwards
  }

  public init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, CodingKeys.self, part: Self.kind)
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    activation = try fields.value(.activation, default: .tanh)
    recurrentActivation = try fields.value(.recurrentActivation, default: .sigmoid)
    useBias = try fields.value(.useBias, default: true)
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    recurrentInitializer = try fields.value(.recurrentInitializer, default: .orthogonal)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    unitForgetBias = try fields.value(.unitForgetBias, default: true)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
    recurrentRegularizer = try fields.optional(.recurrentRegularizer)
    dropout = try fields.rate(.dropout)
    recurrentDropout = try fields.rate(.recurrentDropout)
    returnSequences = try fields.value(.returnSequences, default: false)
    returnState = try fields.value(.returnState, default: false)
    goBackwards = try fields.value(.goBackwards, default: false)
  }
}
