import MoruArchive
import MoruGraph
import MoruTensors

/// The settings that files of recurrent layers and cells have; each kind has some of them.
public enum RecurrentKey: String, CodingKey, CaseIterable {
  case identity = "id"
  case name, units, filters, kernelSize, strides, padding, dilationRate
  case activation, recurrentActivation, useBias, kernelInitializer, recurrentInitializer
  case biasInitializer, unitForgetBias, resetAfter, kernelRegularizer, recurrentRegularizer
  case dropout, recurrentDropout, returnSequences, returnState, goBackwards

  /// Those of every cell.
  static let common: [RecurrentKey] = [
    .identity, .name, .activation, .useBias, .kernelInitializer, .recurrentInitializer,
    .biasInitializer, .kernelRegularizer, .recurrentRegularizer, .dropout, .recurrentDropout,
  ]
  /// Those of every walk over time.
  static let walk: [RecurrentKey] = [.returnSequences, .returnState, .goBackwards]
}

/// What the cells of recurrent layers have in common: functions, weights and dropout.
public struct RecurrentSettings: Hashable, Sendable {
  /// What the candidate and the cell go through.
  public var activation = ActivationFunction.tanh
  /// What gates go through; nil for cells without gates.
  public var recurrentActivation: ActivationFunction? = .sigmoid
  /// Whether a bias is added.
  public var useBias = true
  /// How the kernel starts.
  public var kernelInitializer = Initializer.glorotUniform
  /// How the recurrent kernel starts.
  public var recurrentInitializer = Initializer.orthogonal
  /// How the bias starts.
  public var biasInitializer = Initializer.zeros
  /// What the kernel adds to the loss.
  public var kernelRegularizer: Regularizer?
  /// What the recurrent kernel adds to the loss.
  public var recurrentRegularizer: Regularizer?
  /// Probability that an input is dropped in training, in all steps alike; at least 0 and below 1.
  public var dropout = 0.0
  /// Probability that an output is dropped on its way to the next step, in all steps alike.
  public var recurrentDropout = 0.0

  init(
    _ activation: ActivationFunction, _ recurrentActivation: ActivationFunction?, _ useBias: Bool,
    _ initializers: [Initializer], _ regularizers: [Regularizer?], _ dropouts: [Double]
  ) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    (kernelInitializer, recurrentInitializer) = (initializers[0], initializers[1])
    biasInitializer = initializers[2]
    (kernelRegularizer, recurrentRegularizer) = (regularizers[0], regularizers[1])
    (dropout, recurrentDropout) = (dropouts[0], dropouts[1])
  }

  init(_ fields: Fields<RecurrentKey>, hasGates: Bool) throws {
    activation = try fields.value(.activation, default: .tanh)
    recurrentActivation =
      hasGates ? try fields.value(.recurrentActivation, default: .sigmoid) : nil
    useBias = try fields.value(.useBias, default: true)
    kernelInitializer = try fields.value(.kernelInitializer, default: .glorotUniform)
    recurrentInitializer = try fields.value(.recurrentInitializer, default: .orthogonal)
    biasInitializer = try fields.value(.biasInitializer, default: .zeros)
    kernelRegularizer = try fields.optional(.kernelRegularizer)
    recurrentRegularizer = try fields.optional(.recurrentRegularizer)
    dropout = try fields.rate(.dropout)
    recurrentDropout = try fields.rate(.recurrentDropout)
  }

  func encode(to container: inout KeyedEncodingContainer<RecurrentKey>) throws {
    try container.encode(activation, forKey: .activation)
    try container.encodeIfPresent(recurrentActivation, forKey: .recurrentActivation)
    try container.encode(useBias, forKey: .useBias)
    try container.encode(kernelInitializer, forKey: .kernelInitializer)
    try container.encode(recurrentInitializer, forKey: .recurrentInitializer)
    try container.encode(biasInitializer, forKey: .biasInitializer)
    try container.encodeIfPresent(kernelRegularizer, forKey: .kernelRegularizer)
    try container.encodeIfPresent(recurrentRegularizer, forKey: .recurrentRegularizer)
    try container.encode(dropout, forKey: .dropout)
    try container.encode(recurrentDropout, forKey: .recurrentDropout)
  }

  /// Checks what every cell needs.
  func check(_ counts: [Int], _ words: String) throws(Mismatch) {
    guard counts.allSatisfy({ (1...sizeLimit).contains($0) }) else {
      throw Mismatch("it has \(counts[0]) \(words)", "Ask for at least one.")
    }
    guard (0..<1).contains(dropout), (0..<1).contains(recurrentDropout) else {
      throw Mismatch(
        "its dropout rates are \(dropout) and \(recurrentDropout)",
        "Choose rates of at least 0, below 1.")
    }
  }

  /// What gates go through.
  func gate(_ x: Tensor) -> Tensor { (recurrentActivation ?? .sigmoid)(x) }

  /// Inputs `[time, batch, …]`, some dropped in all steps alike.
  func dropped(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.error == nil, dropout > 0 else { return x }
    return scope.dropped(x, dropout, together: Shape([1] + x.shape.dropFirst()))
  }

  /// The output of the last step on its way to this one, some of it dropped.
  func remembered(_ h: Tensor, in scope: Scope) -> Tensor {
    scope.dropped(h, recurrentDropout)
  }

  /// The three weights, asked for in Keras's order.
  func weights(
    kernel: Shape, recurrent: Shape, bias: Shape, biasInitializer: Initializer? = nil,
    in scope: Scope
  ) -> (kernel: Tensor, recurrent: Tensor, bias: Tensor?) {
    let kernel = scope.parameter(
      "kernel", kernel, initializer: kernelInitializer, regularizer: kernelRegularizer)
    return (
      kernel, recurrentKernel(recurrent, in: scope),
      useBias ? self.bias(bias, biasInitializer, in: scope) : nil
    )
  }

  /// What the last output is multiplied with.
  func recurrentKernel(_ shape: Shape, in scope: Scope) -> Tensor {
    scope.parameter(
      "recurrent_kernel", shape, initializer: recurrentInitializer,
      regularizer: recurrentRegularizer)
  }

  func bias(_ shape: Shape, _ initializer: Initializer? = nil, in scope: Scope) -> Tensor {
    scope.parameter("bias", shape, initializer: initializer ?? biasInitializer)
  }
}

extension Tensor {
  /// The `place`-th of the gates that lie side by side on the last axis.
  func gate(_ place: Int, of units: Int) -> Tensor {
    sliced(place * units..<(place + 1) * units, axis: -1)
  }
}
