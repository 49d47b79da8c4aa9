public import MoruArchive
public import MoruGraph
public import MoruTensors

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
public typealias GRU = Recurrent<GRUCell>

/// One step of a `GRU`: an input `[batch, features]` and a state `[batch, units]`.
public struct GRUCell: LayerCell {
  public static let layerKind = "GRU"
  public static let keys: [RecurrentKey] =
    RecurrentKey.common + [.units, .recurrentActivation, .resetAfter]
  public var identity = Identity()
  public var name: String?
  /// Number of outputs, at least 1.
  public let units: Int
  /// Whether the reset gate is applied after the recurrent product.
  public let resetAfter: Bool
  /// Functions, how weights start, and dropout.
  public let settings: RecurrentSettings

  /// A cell of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    resetAfter: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0,
    name: String? = nil
  ) {
    self.units = units
    self.resetAfter = resetAfter
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
    return [[input[0], units]]
  }

  public func prepare(_ x: Tensor, in scope: Scope) -> Tensor {
    let x = settings.dropped(x, in: scope)
    let weights = settings.weights(
      kernel: [x.shape[2], 3 * units], recurrent: [units, 3 * units], bias: biasShape, in: scope)
    let z = matmul(x, weights.kernel)
    guard let bias = weights.bias else { return z }
    return z + (resetAfter ? row(0, of: bias) : bias)
  }

  public func step(
    _ x: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    let h = settings.remembered(states[0], in: scope)
    let recurrent = settings.recurrentKernel([units, 3 * units], in: scope)
    func gate(_ place: Int, _ inner: Tensor) -> Tensor {
      settings.gate(x.gate(place, of: units) + inner.gate(place, of: units))
    }
    let (update, candidate): (Tensor, Tensor)
    if resetAfter {
      let product = matmul(h, recurrent)
      let bias = settings.useBias ? settings.bias(biasShape, in: scope) : nil
      let inner = bias.map { product + row(1, of: $0) } ?? product
      update = gate(0, inner)
      candidate = x.gate(2, of: units) + gate(1, inner) * inner.gate(2, of: units)
    } else {
      let inner = matmul(h, recurrent.sliced(0..<2 * units, axis: 1))
      update = gate(0, inner)
      candidate =
        x.gate(2, of: units) + matmul(gate(1, inner) * h, recurrent.gate(2, of: units))
    }
    let output = update * states[0] + (1 - update) * settings.activation(candidate)
    return (output, [output])
  }

  private var biasShape: Shape { resetAfter ? [2, 3 * units] : [3 * units] }

  private func row(_ place: Int, of bias: Tensor) -> Tensor {
    bias.sliced(place..<place + 1).reshaped(to: [3 * units])
  }

  public init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder) throws {
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    units = try fields.positive(.units)
    resetAfter = try fields.value(.resetAfter, default: true)
    settings = try RecurrentSettings(fields, from: decoder, hasGates: true)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(units, forKey: .units)
    try container.encode(resetAfter, forKey: .resetAfter)
    try settings.encode(to: encoder)
  }
}

extension Recurrent where Cell == GRUCell {
  /// A gated recurrent unit of `units` outputs.
  public init(
    _ units: Int, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    resetAfter: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    activityRegularizer: (any Regularizer)? = nil, kernelConstraint: (any Constraint)? = nil,
    recurrentConstraint: (any Constraint)? = nil, biasConstraint: (any Constraint)? = nil,
    dropout: Double = 0, recurrentDropout: Double = 0,
    returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    statefulBatchSize: Int? = nil, name: String? = nil
  ) {
    self.init(
      GRUCell(
        units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: biasInitializer, resetAfter: resetAfter,
        kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
        biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
        recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
        recurrentDropout: recurrentDropout, name: name),
      returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
      statefulBatchSize: statefulBatchSize, activityRegularizer: activityRegularizer)
  }
}
