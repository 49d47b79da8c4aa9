public import MoruGraph
import MoruTensors

/// How parameters follow their gradients.
public protocol Optimizer: Codable, Sendable {
  /// The name in files and messages: `adam`.
  static var kind: String { get }

  /// Step size by iteration.
  var learningRate: LearningRate { get }

  /// Number of tensors of a parameter's shape that are kept for each parameter, from 0 on.
  var slotCount: Int { get }

  /// The next value of one parameter.
  ///
  /// - Parameters:
  ///   - parameter: The present value.
  ///   - gradient: The loss's gradient, of the same shape.
  ///   - slots: What is kept for this parameter; changed.
  ///   - rate: The learning rate of this step, a scalar.
  ///   - step: Number of this step, from 1 on, a floating-point scalar.
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

  /// The learning rate that the next step will use, a Float32 scalar.
  public func rate(in state: OptimizerState) -> Tensor {
    learningRate.value(at: state.iteration) * state.rateScale
  }

  /// Parameters after one step.
  ///
  /// - Parameters:
  ///   - parameters: The present values.
  ///   - gradient: The gradient, a tree of the same structure.
  ///   - state: What the optimizer keeps; changed.
  public func update<W: TensorTree>(
    _ parameters: W, _ gradient: W, _ state: inout OptimizerState
  ) -> W {
    let rate = rate(in: state)
    let step = (state.iteration + 1).converted(to: .float32)
    var slots = state.slots
    let next = zip(parameters.leaves, gradient.leaves).enumerated().map { place, pair in
      guard slots.indices.contains(place), slots[place].count == slotCount else {
        return Tensor.failure(
          Self.kind, [pair.0],
          Mismatch(
            "its state was not made for these parameters", "Make it with initialState(for:)."))
      }
      let dtype = pair.0.dtype
      return updated(
        pair.0, gradient: pair.1, slots: &slots[place], rate: rate.converted(to: dtype),
        step: step.converted(to: dtype))
    }
    state.slots = slots
    state.iteration += 1
    return parameters.replacingLeaves(next)
  }
}
