public import MoruArchive
public import MoruGraph
public import MoruTensors

/// A fully connected recurrence: `h ← activation(x·W + h·U + b)`.
///
/// - Shapes: `[batch, time, features] → [batch, units]`, or `[batch, time, units]` with
///   `returnSequences`; with `returnState` then the last output, `[batch, units]`. Further inputs,
///   if any, are the initial states. Kernel `[features, units]`, recurrent kernel `[units, units]`,
///   bias `[units]`.
/// - Source: Elman 1990, doi:10.1207/s15516709cog1402_1.
public typealias SimpleRNN = Recurrent<SimpleRNNCell>

/// One step of a `SimpleRNN`: an input `[batch, features]` and a state `[batch, units]`.
public struct SimpleRNNCell: LayerCell {
  public static let layerKind = "SimpleRNN"
  public static let keys: [RecurrentKey] =
    RecurrentKey.common + [.units]
  public var identity = Identity()
  public var name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// Functions, how weights start, and dropout.
  public let settings: RecurrentSettings

  /// A cell of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, recurrentRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    recurrentConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    dropout: Double = 0, recurrentDropout: Double = 0, name: String? = nil
  ) {
    self.units = units
    self.name = name
    settings = RecurrentSettings(
      activation, nil, useBias,
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
    return [[input[0], units]]
  }

  public func prepare(_ x: Tensor, in scope: Scope) -> Tensor {
    let x = settings.dropped(x, in: scope)
    let weights = settings.weights(
      kernel: [x.shape[2], units], recurrent: [units, units], bias: [units], in: scope)
    let z = matmul(x, weights.kernel)
    return weights.bias.map { z + $0 } ?? z
  }

  public func step(
    _ z: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    let recurrent = settings.recurrentKernel([units, units], in: scope)
    let product = matmul(settings.remembered(states[0], in: scope), recurrent)
    let output = settings.activation(z + product)
    return (output, [output])
  }

  public init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder) throws {
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    settings = try RecurrentSettings(fields, from: decoder, hasGates: false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(units, forKey: .units)
    try settings.encode(to: encoder)
  }
}

extension Recurrent where Cell == SimpleRNNCell {
  /// A recurrence of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    kernelRegularizer: (any Regularizer)? = nil, recurrentRegularizer: (any Regularizer)? = nil,
    biasRegularizer: (any Regularizer)? = nil, activityRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil,
    dropout: Double = 0, recurrentDropout: Double = 0, returnSequences: Bool = false,
    returnState: Bool = false, goBackwards: Bool = false, statefulBatchSize: Int? = nil,
    name: String? = nil
  ) {
    self.init(
      SimpleRNNCell(
        units, activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
        kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
        biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
        recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
        recurrentDropout: recurrentDropout, name: name),
      returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
      statefulBatchSize: statefulBatchSize, activityRegularizer: activityRegularizer)
  }
}
