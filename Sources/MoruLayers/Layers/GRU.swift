import MoruArchive
public import MoruGraph
import MoruTensors

/// Gated recurrent unit: an output that a gate mixes of the old one and a candidate.
///
/// With σ the recurrent activation, φ the activation, and x·W and h·U split into three parts, biases
/// added: `z = σ(x_z + h_z)`, `r = σ(x_r + h_r)`, `g = φ(x_h + r·h_h)`, `h ← z·h + (1 − z)·g`.
/// Without `resetAfter` the gate r is applied before the product: `g = φ(x_h + (r·h)·U_h)`.
///
/// - Shapes: `[batch, time, features] → [batch, units]`, or `[batch, time, units]` with
///   `returnSequences`; with `returnState` then the last output, `[batch, units]`. Further inputs,
///   if any, are the initial states. Kernel `[features, 3·units]`, recurrent kernel `[units,
///   3·units]`, bias `[2, 3·units]`. Without `resetAfter` the bias is `[3·units]`.
/// - Source: Cho et al. 2014, arXiv:1406.1078; parts in Keras's order z, r, h.
public struct GRU: Layer {
  public static let kind = "GRU"
  public var identity = Identity()
  public let name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// What the candidate goes through.
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
  /// Whether the reset gate is applied after the recurrent product.
  public let resetAfter: Bool
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

  /// A gated recurrent unit of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    resetAfter: Bool = true, kernelRegularizer: Regularizer? = nil,
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
    self.resetAfter = resetAfter
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
    var recurrentBias: Tensor?
    return recurrence.draw(inputs, in: scope) { x in
      let kernel = scope.parameter(
        "kernel", [x.shape[2], 3 * units], initializer: kernelInitializer,
        regularizer: kernelRegularizer)
      recurrent = scope.parameter(
        "recurrent_kernel", [units, 3 * units], initializer: recurrentInitializer,
        regularizer: recurrentRegularizer)
      let z = matmul(x, kernel)
      guard useBias else { return z }
      let bias = scope.parameter(
        "bias", resetAfter ? [2, 3 * units] : [3 * units], initializer: biasInitializer)
      guard resetAfter else { return z + bias }
      let row: Shape = [3 * units]
      recurrentBias = bias.sliced(1..<2).reshaped(to: row)
      return z + bias.sliced(0..<1).reshaped(to: row)
    } step: { x, h, states in
      [step(x, h, states[0], recurrent, recurrentBias)]
    }
  }

  private func step(
    _ x: Tensor, _ h: Tensor, _ last: Tensor, _ recurrent: Tensor, _ bias: Tensor?
  ) -> Tensor {
    func mixed(_ update: Tensor, _ candidate: Tensor) -> Tensor {
      update * last + (1 - update) * candidate
    }
    guard resetAfter else {
      let inner = matmul(h, recurrent.sliced(0..<2 * units, axis: 1))
      let update = recurrentActivation(x.gate(0, of: units) + inner.gate(0, of: units))
      let reset = recurrentActivation(x.gate(1, of: units) + inner.gate(1, of: units))
      let candidate = activation(
        x.gate(2, of: units) + matmul(reset * h, recurrent.gate(2, of: units)))
      return mixed(update, candidate)
    }
    let product = matmul(h, recurrent)
    let inner = bias.map { product + $0 } ?? product
    let update = recurrentActivation(x.gate(0, of: units) + inner.gate(0, of: units))
    let reset = recurrentActivation(x.gate(1, of: units) + inner.gate(1, of: units))
    return mixed(
      update, activation(x.gate(2, of: units) + reset * inner.gate(2, of: units)))
  }

  private var recurrence: Recurrence {
    Recurrence(
      kind: Self.kind, units: units, stateCount: 1, dropout: dropout,
      recurrentDropout: recurrentDropout, returnSequences: returnSequences,
      returnState: returnState, goBackwards: goBackwards)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case identity = "id"
    case name, units, activation, recurrentActivation, useBias, kernelInitializer,
      recurrentInitializer, biasInitializer, resetAfter, kernelRegularizer, recurrentRegularizer,
      dropout, recurrentDropout, returnSequences, returnState, goBackwards
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
    resetAfter = try fields.value(.resetAfter, default: true)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
    recurrentRegularizer = try fields.optional(.recurrentRegularizer)
    dropout = try fields.rate(.dropout)
    recurrentDropout = try fields.rate(.recurrentDropout)
    returnSequences = try fields.value(.returnSequences, default: false)
    returnState = try fields.value(.returnState, default: false)
    goBackwards = try fields.value(.goBackwards, default: false)
  }
}
