public import MoruArchive
public import MoruGraph
import MoruTensors

/// How parameters follow their gradients.
public protocol Optimizer: NamedPart {
  /// Step size by iteration.
  var learningRate: LearningRate { get }

  /// The same optimizer with another step size.
  func withLearningRate(_ learningRate: LearningRate) -> Self

  /// Number of tensors of a parameter's shape that are kept for each parameter, from 0 on.
  var slotCount: Int { get }

  /// The next value of one parameter.
  ///
  /// - Parameters:
  ///   - parameter: The present value.
  ///   - gradient: The loss's gradient, of the same shape.
  ///   - slots: What is kept for this parameter; changed.
  ///   - rate: The learning rate of this step, a scalar of the parameter's type.
  ///   - step: Number of this step, from 1 on, a Float64 scalar.
  func updated(
    _ parameter: Tensor, gradient: Tensor, slots: inout [Tensor], rate: Tensor, step: Tensor
  ) -> Tensor
}

/// What an optimizer keeps between steps.
public struct OptimizerState: TensorTree {
  /// Number of steps done, i64.
  public var iteration: Tensor
  /// A factor of the learning rate, 1 unless a callback changes it.
  public var rateScale: Tensor
  /// For each parameter, in the order of its tree, what the optimizer keeps.
  public var slots: [[Tensor]]

  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try iteration.visit(body)
    try rateScale.visit(body)
    try slots.visit(body)
  }
}

extension Optimizer {
  /// The state before the first step.
  public func initialState(for parameters: some TensorTree) -> OptimizerState {
    OptimizerState(
      iteration: Tensor(HostTensor(Int64(0))), rateScale: Tensor(HostTensor(Float(1))),
      slots: parameters.leaves.map { parameter in
        (0..<slotCount).map { _ in .zeros(parameter.shape, dtype: parameter.dtype) }
      })
  }

  /// The learning rate that the next step will use, a Float64 scalar.
  public func rate(in state: OptimizerState) -> Tensor {
    learningRate.value(at: state.iteration) * state.rateScale.converted(to: .float64)
  }

  /// Parameters after one step.
  ///
  /// - Parameters:
  ///   - parameters: The present values.
  ///   - gradient: The gradient, a tree of the same structure.
  ///   - state: What the optimizer keeps; changed.
  /// - Returns: A tree like `parameters`; its tensors carry an error if gradient or state were made
  ///   for others.
  public func update<W: TensorTree>(
    _ parameters: W, _ gradient: W, _ state: inout OptimizerState
  ) -> W {
    let rate = rate(in: state)
    let step = (state.iteration + 1).converted(to: .float64)
    let (leaves, gradients) = (parameters.leaves, gradient.leaves)
    if let mismatch = mismatch(leaves, gradients, state.slots) {
      let failed = Tensor.failure(Self.kind, [], mismatch)
      return parameters.map { _ in failed }
    }
    var slots = state.slots
    let next = leaves.indices.map { place in
      updated(
        leaves[place], gradient: gradients[place], slots: &slots[place],
        rate: rate.converted(to: leaves[place].dtype), step: step)
    }
    state.slots = slots
    state.iteration += 1
    return parameters.replacingLeaves(next)
  }

  /// Why gradients or slots cannot be those of some parameters, if they cannot.
  private func mismatch(
    _ parameters: [Tensor], _ gradients: [Tensor], _ slots: [[Tensor]]
  ) -> Mismatch? {
    let shapes = parameters.map(\.shape)
    // What carries an error has no shape; the error reaches the result by itself.
    let fits = zip(gradients, shapes).allSatisfy { $0.shape == $1 || $0.error != nil }
    guard gradients.count == parameters.count, fits else {
      return Mismatch(
        "the gradient has \(gradients.count) tensors, or shapes, unlike the parameters' "
          + "\(parameters.count)", "Pass the gradient with respect to these parameters.")
    }
    let isKept = zip(slots, shapes).allSatisfy { kept, shape in
      kept.count == slotCount && kept.allSatisfy { $0.shape == shape || $0.error != nil }
    }
    guard slots.count == parameters.count, isKept else {
      return Mismatch(
        "its state was not made for these parameters", "Make it with initialState(for:).")
    }
    return nil
  }
}
