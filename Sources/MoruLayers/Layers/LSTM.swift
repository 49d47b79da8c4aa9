public import MoruArchive
public import MoruGraph
public import MoruTensors

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
public typealias LSTM = Recurrent<LSTMCell>

/// One step of an `LSTM`: an input `[batch, features]` and states `[batch, units]`, output and cell.
public struct LSTMCell: LayerCell {
  public static let layerKind = "LSTM"
  public static let keys: [RecurrentKey] =
    RecurrentKey.common + [.units, .recurrentActivation, .unitForgetBias]
  public var identity = Identity()
  public var name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// Whether the forget gate's bias starts at one.
  public let unitForgetBias: Bool
  /// Functions, how weights start, and dropout.
  public let settings: RecurrentSettings

  /// A cell of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0,
    name: String? = nil
  ) {
    self.units = units
    self.unitForgetBias = unitForgetBias
    self.name = name
    settings = RecurrentSettings(
      activation, recurrentActivation, useBias,
      [
        WeightSettings(kernelInitializer, kernelRegularizer, kernelConstraint),
        WeightSettings(recurrentInitializer, recurrentRegularizer, recurrentConstraint),
        WeightSettings(biasInitializer, biasRegularizer, biasConstraint),
      ], [dropout, recurrentDropout])
  }

  public var inputAxes: [String]? { ["features"] }

  public func stateShapes(for input: Shape) throws(Mismatch) -> [Shape] {
    try settings.check([units], "units")
    try checkRank(of: input)
    return [[input[0], units], [input[0], units]]
  }

  public func prepare(_ x: Tensor, in scope: Scope) -> Tensor {
    let x = settings.dropped(x, in: scope)
    let weights = settings.openingForgetGate(unitForgetBias).weights(
      kernel: [x.shape[2], 4 * units], recurrent: [units, 4 * units], bias: [4 * units], in: scope)
    let z = matmul(x, weights.kernel)
    return weights.bias.map { z + $0 } ?? z
  }

  public func step(
    _ z: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    let recurrent = settings.recurrentKernel([units, 4 * units], in: scope)
    let gates = z + matmul(settings.remembered(states[0], in: scope), recurrent)
    let input = settings.gate(gates.gate(0, of: units))
    let forget = settings.gate(gates.gate(1, of: units))
    let candidate = settings.activation(gates.gate(2, of: units))
    let shown = settings.gate(gates.gate(3, of: units))
    let cell = forget * states[1] + input * candidate
    let output = shown * settings.activation(cell)
    return (output, [output, cell])
  }

  public init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder) throws {
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    unitForgetBias = try fields.value(.unitForgetBias, default: true)
    settings = try RecurrentSettings(fields, from: decoder, hasGates: true)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(units, forKey: .units)
    try container.encode(unitForgetBias, forKey: .unitForgetBias)
    try settings.encode(to: encoder)
  }
}

extension Recurrent where Cell == LSTMCell {
  /// A long short-term memory of `units` cells.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    recurrentConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    dropout: Double = 0, recurrentDropout: Double = 0,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    statefulBatchSize: Int? = nil, name: String? = nil
  ) {
    self.init(
      LSTMCell(
        units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: biasInitializer, unitForgetBias: unitForgetBias,
        kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
        biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
        recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
        recurrentDropout: recurrentDropout, name: name),
      returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
      statefulBatchSize: statefulBatchSize, activityRegularizer: activityRegularizer)
  }
}
