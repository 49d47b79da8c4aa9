public import MoruArchive
public import MoruGraph
public import MoruTensors

/// Long short-term memory over sequences of sequences. `[batch, time, time, features]`; see
/// `ConvLSTM2D`.
public typealias ConvLSTM1D = Recurrent<ConvLSTMCell<Size1D>>

/// Long short-term memory whose products are convolutions: pictures over time.
///
/// With ⋆ for convolution, in the input with `strides`, `padding` and `dilationRate`, in the state with
/// stride 1 and padding to the same size, the gates are those of `LSTM`: parts of `x ⋆ W + h ⋆ U + b`.
///
/// - Shapes: `[batch, time, height, width, channels] → [batch, outHeight, outWidth, filters]`, or
///   `[batch, time, …]` with `returnSequences`; with `returnState` then the last output and cell.
///   Kernel `[height, width, channels, 4·filters]`, recurrent kernel `[height, width, filters,
///   4·filters]`, bias `[4·filters]`.
/// - Source: Shi et al. 2015, arXiv:1506.04214, without the peepholes, as in Keras.
public typealias ConvLSTM2D = Recurrent<ConvLSTMCell<Size2D>>

/// Long short-term memory over sequences of volumes. `[batch, time, depth, height, width, channels]`;
/// see `ConvLSTM2D`.
public typealias ConvLSTM3D = Recurrent<ConvLSTMCell<Size3D>>

/// One step of a `ConvLSTM1D`; see `ConvLSTMCell`.
public typealias ConvLSTM1DCell = ConvLSTMCell<Size1D>

/// One step of a `ConvLSTM2D`; see `ConvLSTMCell`.
public typealias ConvLSTM2DCell = ConvLSTMCell<Size2D>

/// One step of a `ConvLSTM3D`; see `ConvLSTMCell`.
public typealias ConvLSTM3DCell = ConvLSTMCell<Size3D>

/// One step of a `ConvLSTM2D` or its like: an input `[batch, spatial…, channels]` and states `[batch,
/// out…, filters]`, output and cell.
public struct ConvLSTMCell<Size: SpatialSize>: LayerCell {
  public static var layerKind: String { "ConvLSTM\(Size.count)D" }
  public static var keys: [RecurrentKey] {
    RecurrentKey.common + [
      .filters, .kernelSize, .strides, .padding, .dilationRate, .recurrentActivation,
      .unitForgetBias,
    ]
  }
  public var identity = Identity()
  public var name: String?
  /// Number of output channels, at least 1.
  public let filters: Int
  /// Size of the windows.
  public let kernelSize: Size
  /// Step between windows of the input.
  public let strides: Size
  /// How windows of the input meet the border; those of the states are padded to their size.
  public let padding: PaddingMode
  /// Distance between neighbouring elements of the input's kernel.
  public let dilationRate: Size
  /// Whether the forget gate's bias starts at one.
  public let unitForgetBias: Bool
  /// Functions, how weights start, and dropout.
  public let settings: RecurrentSettings

  /// A cell of `filters` output channels.
  public init(
    _ filters: Int, kernel kernelSize: Size, strides: Size = 1, padding: PaddingMode = .valid,
    dilationRate: Size = 1, activation: ActivationFunction = .tanh,
    recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
    kernelInitializer: any Initializer = .glorotUniform,
    recurrentInitializer: any Initializer = .orthogonal, biasInitializer: any Initializer = .zeros,
    unitForgetBias: Bool = true, kernelRegularizer: (any Regularizer)? = nil,
    recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
    kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
    biasConstraint: (any Constraint)? = nil, dropout: Double = 0, recurrentDropout: Double = 0,
    name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.dilationRate = dilationRate
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

  public var inputAxes: [String]? { Size.axes + ["channels"] }

  public func stateShapes(for input: Shape) throws(Mismatch) -> [Shape] {
    try settings.check([filters] + kernelSize.list + strides.list + dilationRate.list, "filters")
    try checkRank(of: input)
    let sizes = Size.axes.indices.map { axis in
      let (size, window) = (input[axis + 1], dilationRate.list[axis] * (kernelSize.list[axis] - 1))
      let covered = padding == .valid ? max(size - window, 0) : size
      return (covered + strides.list[axis] - 1) / strides.list[axis]
    }
    let shape = Shape([input[0]] + sizes + [filters])
    return [shape, shape]
  }

  public func prepare(_ x: Tensor, in scope: Scope) -> Tensor {
    let x = settings.dropped(x, in: scope)
    guard x.error == nil, let channels = x.shape.last else { return x }
    let weights = settings.openingForgetGate(unitForgetBias).weights(
      kernel: Shape(kernelSize.list + [channels, 4 * filters]), recurrent: recurrentShape,
      bias: [4 * filters], in: scope)
    let frames = x.reshaped(to: Shape([x.shape[0] * x.shape[1]] + x.shape.dropFirst(2)))
    let z = convolution(
      frames, weights.kernel, strides: strides.list, padding: padding, dilation: dilationRate.list)
    let y = weights.bias.map { z + $0 } ?? z
    guard y.error == nil else { return y }
    return y.reshaped(to: Shape([x.shape[0], x.shape[1]] + y.shape.dropFirst()))
  }

  public func step(
    _ z: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor]) {
    let recurrent = settings.recurrentKernel(recurrentShape, in: scope)
    let ones = Size.axes.map { _ in 1 }
    let gates =
      z
      + convolution(
        settings.remembered(states[0], in: scope), recurrent, strides: ones, padding: .same,
        dilation: ones)
    let input = settings.gate(gates.gate(0, of: filters))
    let forget = settings.gate(gates.gate(1, of: filters))
    let candidate = settings.activation(gates.gate(2, of: filters))
    let shown = settings.gate(gates.gate(3, of: filters))
    let cell = forget * states[1] + input * candidate
    let output = shown * settings.activation(cell)
    return (output, [output, cell])
  }

  private var recurrentShape: Shape { Shape(kernelSize.list + [filters, 4 * filters]) }

  public init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder) throws {
    identity = try fields.value(.identity, default: Identity())
    name = try fields.optional(.name)
    filters = try fields.positive(.filters)
    kernelSize = try fields.required(.kernelSize)
    strides = try fields.value(.strides, default: 1)
    padding = try fields.value(.padding, default: .valid)
    dilationRate = try fields.value(.dilationRate, default: 1)
    unitForgetBias = try fields.value(.unitForgetBias, default: true)
    settings = try RecurrentSettings(fields, from: decoder, hasGates: true)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(identity, forKey: .identity)
    try container.encodeIfPresent(name, forKey: .name)
    try container.encode(filters, forKey: .filters)
    try container.encode(kernelSize, forKey: .kernelSize)
    try container.encode(strides, forKey: .strides)
    try container.encode(padding, forKey: .padding)
    try container.encode(dilationRate, forKey: .dilationRate)
    try container.encode(unitForgetBias, forKey: .unitForgetBias)
    try settings.encode(to: encoder)
  }
}

extension Recurrent {
  /// A convolutional long short-term memory of `filters` output channels.
  public init<Size: SpatialSize>(
    _ filters: Int, kernel kernelSize: Size, strides: Size = 1, padding: PaddingMode = .valid,
    dilationRate: Size = 1, activation: ActivationFunction = .tanh,
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
  ) where Cell == ConvLSTMCell<Size> {
    self.init(
      ConvLSTMCell<Size>(
        filters, kernel: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate,
        activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
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
