import MoruArchive
public import MoruGraph

/// The functions that layers may end in, by Keras's names in Swift spelling.
public enum ActivationFunction: String, Sendable, CaseIterable {
  case linear, relu, relu6, leakyRelu, elu, selu, gelu, silu, mish
  case sigmoid, hardSigmoid, tanh, softplus, softsign, exponential
  case softmax, logSoftmax

  /// Applies the function; softmax and log-softmax run over the last axis.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .linear: x
    case .relu: MoruGraph.relu(x)
    case .relu6: MoruGraph.relu6(x)
    case .leakyRelu: MoruGraph.leakyRelu(x)
    case .elu: MoruGraph.elu(x)
    case .selu: MoruGraph.selu(x)
    case .gelu: MoruGraph.gelu(x)
    case .silu: MoruGraph.silu(x)
    case .mish: MoruGraph.mish(x)
    case .sigmoid: MoruGraph.sigmoid(x)
    case .hardSigmoid: MoruGraph.hardSigmoid(x)
    case .tanh: MoruGraph.tanh(x)
    case .softplus: MoruGraph.softplus(x)
    case .softsign: MoruGraph.softsign(x)
    case .exponential: MoruGraph.exp(x)
    case .softmax: MoruGraph.softmax(x)
    case .logSoftmax: MoruGraph.logSoftmax(x)
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
