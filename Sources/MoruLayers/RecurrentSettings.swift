import MoruArchive
import MoruGraph
import MoruTensors

/// The settings that files of recurrent layers and cells have; each kind has some of them.
public enum RecurrentKey: String, CodingKey, CaseIterable {
  case identity = "id"
  case name, units, filters, kernelSize, strides, padding, dilationRate
  case activation, recurrentActivation, useBias, unitForgetBias, resetAfter
  case dropout, recurrentDropout
  case returnSequences, returnState, goBackwards, statefulBatchSize, activityRegularizer

  /// Those of every cell.
  static let common: [RecurrentKey] = [
    .identity, .name, .activation, .useBias, .dropout, .recurrentDropout,
  ]
  /// Those of every walk over time.
  static let walk: [RecurrentKey] = [
    .returnSequences, .returnState, .goBackwards, .statefulBatchSize, .activityRegularizer,
  ]
}

/// What the cells of recurrent layers have in common: functions, weights and dropout.
public struct RecurrentSettings: Sendable {
  /// What the candidate and the cell go through.
  public var activation = ActivationFunction.tanh
  /// What gates go through; nil for cells without gates.
  public var recurrentActivation: ActivationFunction? = .sigmoid
  /// Whether a bias is added.
  public var useBias = true
  /// How the kernel starts, what it adds to the loss, and what it is held to.
  public var kernel: WeightSettings
  /// How the recurrent kernel starts, what it adds to the loss, and what it is held to.
  public var recurrent: WeightSettings
  /// How the bias starts, what it adds to the loss, and what it is held to.
  public var bias: WeightSettings
  /// Probability that an input is dropped in training, in all steps alike; at least 0 and below 1.
  public var dropout = 0.0
  /// Probability that an output is dropped on its way to the next step, in all steps alike.
  public var recurrentDropout = 0.0

  init(
    _ activation: ActivationFunction, _ recurrentActivation: ActivationFunction?, _ useBias: Bool,
    _ weights: [WeightSettings], _ dropouts: [Double]
  ) {
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.useBias = useBias
    (kernel, recurrent, bias) = (weights[0], weights[1], weights[2])
    (dropout, recurrentDropout) = (dropouts[0], dropouts[1])
  }

  /// The keys of the weights in files.
  static let weightKeys = WeightSettings.keys("kernel", "recurrent", "bias")

  init(_ fields: Fields<RecurrentKey>, from decoder: any Decoder, hasGates: Bool) throws {
    activation = try fields.value(.activation, default: .tanh)
    recurrentActivation =
      hasGates ? try fields.value(.recurrentActivation, default: .sigmoid) : nil
    useBias = try fields.value(.useBias, default: true)
    kernel = try WeightSettings(decoder, "kernel", default: .glorotUniform)
    recurrent = try WeightSettings(decoder, "recurrent", default: .orthogonal)
    bias = try WeightSettings(decoder, "bias", default: .zeros)
    dropout = try fields.rate(.dropout)
    recurrentDropout = try fields.rate(.recurrentDropout)
  }

  func encode(to encoder: any Encoder) throws {
    try kernel.encode(to: encoder, as: "kernel")
    try recurrent.encode(to: encoder, as: "recurrent")
    try bias.encode(to: encoder, as: "bias")
    var container = encoder.container(keyedBy: RecurrentKey.self)
    try container.encode(activation, forKey: .activation)
    try container.encodeIfPresent(recurrentActivation, forKey: .recurrentActivation)
    try container.encode(useBias, forKey: .useBias)
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
    kernel: Shape, recurrent: Shape, bias: Shape, in scope: Scope
  ) -> (kernel: Tensor, recurrent: Tensor, bias: Tensor?) {
    (
      scope.parameter("kernel", kernel, self.kernel),
      recurrentKernel(recurrent, in: scope), useBias ? self.bias(bias, in: scope) : nil
    )
  }

  /// What the last output is multiplied with.
  func recurrentKernel(_ shape: Shape, in scope: Scope) -> Tensor {
    scope.parameter("recurrent_kernel", shape, recurrent)
  }

  func bias(_ shape: Shape, in scope: Scope) -> Tensor { scope.parameter("bias", shape, bias) }

  /// The same settings with an LSTM's forget gate that starts open.
  func openingForgetGate(_ isOpen: Bool) -> RecurrentSettings {
    var copy = self
    if isOpen { copy.bias.initializer = .unitForget(others: bias.initializer) }
    return copy
  }
}

extension Tensor {
  /// The `place`-th of the gates that lie side by side on the last axis.
  func gate(_ place: Int, of units: Int) -> Tensor {
    sliced(place * units..<(place + 1) * units, axis: -1)
  }
}
