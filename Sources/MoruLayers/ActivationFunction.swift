import MoruArchive
public import MoruGraph

/// The functions that layers may end in, by Keras's names in Swift spelling.
public enum ActivationFunction: String, Sendable, CaseIterable {
  case linear, relu, relu6, leakyRelu, elu, selu, celu, gelu, silu, hardSilu, mish
  case sigmoid, hardSigmoid, steepHardSigmoid, sparseSigmoid, logSigmoid
  case tanh, hardTanh, tanhShrink
  case softplus, squareplus, sparsePlus, softsign, softShrink, hardShrink, exponential
  case softmax, logSoftmax, sparsemax, glu

  /// Applies the function; softmax, log-softmax, sparsemax and glu run over the last axis, of which
  /// glu leaves one half.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .linear: x
    case .relu: MoruGraph.relu(x)
    case .relu6: MoruGraph.relu6(x)
    case .leakyRelu: MoruGraph.leakyRelu(x)
    case .elu: MoruGraph.elu(x)
    case .selu: MoruGraph.selu(x)
    case .celu: MoruGraph.celu(x)
    case .gelu: MoruGraph.gelu(x)
    case .silu: MoruGraph.silu(x)
    case .hardSilu: MoruGraph.hardSilu(x)
    case .mish: MoruGraph.mish(x)
    case .sigmoid: MoruGraph.sigmoid(x)
    case .hardSigmoid: MoruGraph.hardSigmoid(x)
    case .steepHardSigmoid: MoruGraph.steepHardSigmoid(x)
    case .sparseSigmoid: MoruGraph.sparseSigmoid(x)
    case .logSigmoid: MoruGraph.logSigmoid(x)
    case .tanh: MoruGraph.tanh(x)
    case .hardTanh: MoruGraph.hardTanh(x)
    case .tanhShrink: MoruGraph.tanhShrink(x)
    case .softplus: MoruGraph.softplus(x)
    case .squareplus: MoruGraph.squareplus(x)
    case .sparsePlus: MoruGraph.sparsePlus(x)
    case .softsign: MoruGraph.softsign(x)
    case .softShrink: MoruGraph.softShrink(x)
    case .hardShrink: MoruGraph.hardShrink(x)
    case .exponential: MoruGraph.exp(x)
    case .softmax: MoruGraph.softmax(x)
    case .logSoftmax: MoruGraph.logSoftmax(x)
    case .sparsemax: MoruGraph.sparsemax(x)
    case .glu: MoruGraph.glu(x)
    }
  }
}

extension ActivationFunction: Codable {
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let function = ActivationFunction(rawValue: name) else {
      let known = ActivationFunction.allCases.map(\.rawValue)
      throw PlacedError(
        ConfigurationError.unknown(name, of: "activation", among: known),
        at: decoder.codingPath)
    }
    self = function
  }
}
