import MoruArchive
public import MoruGraph
public import MoruTensors

/// A model's weights by path: what training changes by gradients, and what layers change
/// themselves, such as batch statistics.
public struct Weights: TensorTree {
  /// What gradients change: `dense/kernel`.
  public var parameters: [String: Tensor]
  /// What layers change themselves in training: `batch_normalization/moving_mean`.
  public var state: [String: Tensor]

  /// Weights by path.
  public init(parameters: [String: Tensor] = [:], state: [String: Tensor] = [:]) {
    self.parameters = parameters
    self.state = state
  }

  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try parameters.visit(body)
    try state.visit(body)
  }
}

/// What is known of one weight before it has a value.
public struct WeightDeclaration: Sendable {
  /// The path: layers' names and the weight's own, joined by `/`.
  public let path: String
  /// Element type and shape.
  public let type: TensorType
  /// How it starts.
  public let initializer: any Initializer
  /// Whether gradients change it.
  public let isTrainable: Bool
  /// Whether it is a state that each sample of a batch leaves to the next batch: the first axis is
  /// the batch.
  public let isCarried: Bool
  /// What makes the initializer's numbers: the sizes that it scales by.
  public let fan: Fan
}

/// What a layer tree declares when it is drawn once.
public struct Declaration: Sendable {
  /// Every weight in the order in which it was first asked for.
  public let weights: [WeightDeclaration]
  /// The types of the outputs, batch axis first.
  public let outputs: [TensorType]
  /// Each layer that was called, in order, with its path and output.
  public let calls: [Scope.Call]

  /// Starting values by path: the same for the same seed, whatever the order of layers.
  public func initialValues(seed: Seed) -> [String: HostTensor] {
    initialSources(seed: seed).mapValues { $0.value() }
  }

  /// Starting values by path, the same ones, to be drawn where they are to live.
  public func initialSources(seed: Seed) -> [String: ValueSource] {
    var sources: [String: ValueSource] = [:]
    for weight in weights {
      sources[weight.path] = weight.initializer.source(
        type: weight.type, fan: weight.fan, seed: seed.child(weight.path))
    }
    return sources
  }

  /// Number of elements of the weights that gradients change.
  public var parameterCount: Int { count(isTrainable: true) }

  /// Number of elements of the weights that layers change themselves.
  public var stateCount: Int { count(isTrainable: false) }

  private func count(isTrainable: Bool) -> Int {
    weights.reduce(0) { $0 + ($1.isTrainable == isTrainable ? $1.type.shape.elementCount : 0) }
  }

  /// The states that samples leave to the next batch, by path, as they are before the first batch.
  public var carriedStates: [String: HostTensor] {
    Dictionary(
      uniqueKeysWithValues: weights.filter(\.isCarried).map { ($0.path, .zeros($0.type.shape)) })
  }

  /// Samples in each batch, if layers keep states from batch to batch; nil if any number will do.
  public var statefulBatchSize: Int? { weights.first(where: \.isCarried)?.type.shape[0] }

  /// Checks that values are such as some of these weights have.
  ///
  /// - Throws: `LayerError.unknownPath` with the nearest path, or `.weightMismatch`.
  package func check(_ values: [String: HostTensor]) throws(LayerError) {
    for (path, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let weight = weights.first(where: { $0.path == path }) else {
        throw .unknownPath(
          path, of: "weight", nearest: nearest(path, among: weights.map(\.path)))
      }
      guard value.type == weight.type else {
        throw .weightMismatch(path, expected: weight.type, found: value.type)
      }
    }
  }

  /// Weights of this declaration without values, to trace with.
  public func placeholders() -> Weights {
    var result = Weights()
    for weight in weights {
      if weight.isTrainable {
        result.parameters[weight.path] = .placeholder(weight.type)
      } else {
        result.state[weight.path] = .placeholder(weight.type)
      }
    }
    return result
  }

  /// Weights of this declaration with the given values.
  ///
  /// - Throws: `LayerError.missingWeight` or `.weightMismatch` if values do not fit.
  public func weights(from values: [String: HostTensor]) throws(LayerError) -> Weights {
    var result = Weights()
    for weight in weights {
      guard let value = values[weight.path] else { throw .missingWeight(weight.path, weight.type) }
      guard value.type == weight.type else {
        throw .weightMismatch(weight.path, expected: weight.type, found: value.type)
      }
      if weight.isTrainable {
        result.parameters[weight.path] = Tensor(value)
      } else {
        result.state[weight.path] = Tensor(value)
      }
    }
    return result
  }
}

extension Layer {
  /// Draws the layer once, on inputs of one sample, to learn its weights and output.
  ///
  /// - Parameter inputs: Types of the inputs, without the batch axis.
  /// - Throws: `GraphError` if the layer is not defined for such inputs.
  public func declaration(inputs: [TensorType]) throws(GraphError) -> Declaration {
    let scope = Scope()
    let tensors = inputs.map { type in
      Tensor.placeholder(TensorType(type.dtype, Shape([1] + type.shape.dimensions)))
    }
    let outputs = scope.draw(self, tensors)
    if let error = outputs[0].error { throw error }
    return Declaration(
      weights: scope.declarations, outputs: outputs.map(\.type), calls: scope.calls)
  }
}
