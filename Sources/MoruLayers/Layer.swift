public import MoruGraph

/// A part of a network: a configuration that knows how to draw its computation.
///
/// A layer is a value and holds no weights; they live in the model under the layer's path
/// (`conv2d_1/kernel`). Most layers have one input and one output and conform to `UnaryLayer`.
public protocol Layer: Codable, Sendable {
  /// The name in files and messages: `Dense`.
  static var kind: String { get }

  /// Tells whether two layer values are one layer and share weights.
  var identity: Identity { get set }

  /// The name in weights' paths; made from `kind` if nil.
  var name: String? { get }

  /// What the inputs are called in data and requests; nil if the layer gives them no names.
  var inputNames: [String]? { get }

  /// What the outputs are called in data, figures and answers; nil if the layer gives them no names.
  var outputNames: [String]? { get }

  /// Whether the time steps of the output are those of the input, so that a mask of one holds for
  /// the other, as it does for most layers that work element by element.
  var passesMask: Bool { get }

  /// What the layer's outputs add to the loss, as a mean over the batch.
  var activityRegularizer: (any Regularizer)? { get }

  /// Draws the layer's computation.
  ///
  /// A layer that is given values it is not defined for returns `Tensor.failure`.
  ///
  /// - Parameter inputs: The input tensors, batch axis first.
  /// - Parameter scope: Where weights are asked for.
  func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor]
}

extension Layer {
  public var inputNames: [String]? { nil }
  public var outputNames: [String]? { nil }
  public var passesMask: Bool { false }

  public var activityRegularizer: (any Regularizer)? { nil }
}

/// A layer of one input and one output.
public protocol UnaryLayer: Layer {
  /// Draws the layer's computation on `x`, batch axis first.
  func forward(_ x: Tensor, in scope: Scope) -> Tensor
}

extension UnaryLayer {
  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard inputs.count == 1 else {
      return [
        .failure(
          Self.kind, inputs,
          Mismatch("it takes one input, not \(inputs.count)", "Merge the inputs first."))
      ]
    }
    return [forward(inputs[0], in: scope)]
  }
}

/// A layer that does with another what that would not do by itself, under that layer's own name,
/// identity and paths of weights, so that weights fit with and without it.
protocol WrapperLayer: Layer {
  /// The layer itself.
  var layer: any Layer { get set }
}

extension WrapperLayer {
  public var identity: Identity {
    get { layer.identity }
    set { layer.identity = newValue }
  }
  public var name: String? { layer.name }
  public var inputNames: [String]? { layer.inputNames }
  public var outputNames: [String]? { layer.outputNames }
  public var passesMask: Bool { layer.passesMask }
}

/// A layer that makes one output of several inputs.
public protocol MergingLayer: Layer {
  /// Draws the layer's computation on at least one input, batch axis first.
  func merge(_ inputs: [Tensor], in scope: Scope) -> Tensor
}

extension MergingLayer {
  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard !inputs.isEmpty else {
      return [.failure(Self.kind, [], Mismatch("it has no inputs", "Pass at least one."))]
    }
    return [merge(inputs, in: scope)]
  }
}

extension Layer {
  /// The same configuration with weights of its own.
  public func fresh() -> Self {
    var copy = self
    copy.identity = Identity()
    return copy
  }

  /// Draws the layer inside another layer's `forward`; its weights get a path below the other's.
  public func callAsFunction(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    scope.call(self, inputs)
  }

  /// Draws a layer of one output inside another layer's `forward`.
  public func callAsFunction(_ x: Tensor, in scope: Scope) -> Tensor {
    scope.call(self, [x])[0]
  }

  /// Draws the layer with the given weights: for custom steps and experiments.
  ///
  /// - Parameter x: The input, batch axis first.
  /// - Parameter weights: Parameters and state by path; state is changed in training.
  /// - Parameter seed: Given in training only: i64[2], key and step, for dropout and noise.
  public func callAsFunction(
    _ x: Tensor, _ weights: inout Weights, training seed: Tensor? = nil
  ) -> Tensor {
    callAsFunction([x], &weights, training: seed)[0]
  }

  /// Draws a layer of several inputs or outputs with the given weights.
  ///
  /// - Parameter inputs: The inputs, batch axis first.
  /// - Parameter weights: Parameters and state by path; state is changed in training.
  /// - Parameter seed: Given in training only: i64[2], key and step, for dropout and noise.
  /// - Returns: At least one tensor.
  public func callAsFunction(
    _ inputs: [Tensor], _ weights: inout Weights, training seed: Tensor? = nil
  ) -> [Tensor] {
    let scope = Scope(weights: weights, seed: seed)
    let outputs = scope.draw(self, inputs)
    weights = scope.updatedWeights
    return outputs
  }
}
