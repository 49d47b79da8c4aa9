import MoruArchive
public import MoruGraph
import MoruTensors

/// What an optimizer keeps between steps.
public struct OptimizerState: TensorTree {
  /// Number of steps done, i64.
  public var iteration: Tensor
  /// A factor of the learning rate, 1 unless a callback changes it.
  public var rateScale: Tensor
  /// For each parameter, in the order of its tree, what the optimizer keeps.
  public var slots: [[Tensor]]
  /// For each parameter its running mean; empty if none is kept.
  public var means: [Tensor]
  /// What losses are multiplied by; nil for nothing.
  public var lossScale: LossScale?

  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try iteration.visit(body)
    try rateScale.visit(body)
    try slots.visit(body)
    try means.visit(body)
    try lossScale.visit(body)
  }
}

/// What losses are multiplied by at present.
public struct LossScale: TensorTree {
  /// The factor, f32.
  public var factor: Tensor
  /// Number of steps with finite gradients since the factor changed, i64; nil if it never does.
  public var finiteSteps: Tensor?

  public mutating func visit(_ body: (inout Tensor) throws -> Void) rethrows {
    try factor.visit(body)
    try finiteSteps.visit(body)
  }
}

extension Optimizer {
  /// The state before the first step.
  public func initialState(for parameters: some TensorTree) -> OptimizerState {
    let leaves = parameters.leaves
    let owners = owners(of: parameters)
    return OptimizerState(
      iteration: Tensor(HostTensor(Int64(0))), rateScale: Tensor(HostTensor(Float(1))),
      slots: zip(owners, leaves).map { $0.initialSlots(for: $1) },
      means: settings.emaMomentum == nil
        ? [] : leaves.map { .zeros($0.shape, dtype: $0.dtype) },
      lossScale: settings.lossScaling.map(LossScale.init))
  }

  /// The learning rate that the next step will use, a Float64 scalar.
  public func rate(in state: OptimizerState) -> Tensor {
    learningRate.value(at: state.iteration) * state.rateScale.converted(to: .float64)
  }

  /// The loss to take gradients of, for `update`: itself, unless the optimizer scales losses.
  public func scaled(_ loss: Tensor, _ state: OptimizerState) -> Tensor {
    state.lossScale.map { loss * $0.factor.converted(to: loss.dtype) } ?? loss
  }

  /// Parameters after one step.
  ///
  /// - Parameters:
  ///   - parameters: The present values.
  ///   - gradient: The gradient of the loss, or of the scaled loss if the optimizer scales losses: a
  ///     tree of the same structure.
  ///   - state: What the optimizer keeps; changed.
  /// - Returns: A tree like `parameters`; its tensors carry an error if gradient or state were made
  ///   for others.
  public func update<W: TensorTree>(
    _ parameters: W, _ gradient: W, _ state: inout OptimizerState
  ) -> W {
    let (leaves, gradients) = (parameters.leaves, gradient.leaves)
    let owners = owners(of: parameters)
    let given = leaves + gradients + state.leaves
    if let failed = given.first(where: { $0.error != nil }) {
      return parameters.map { _ in failed }
    }
    let special = pathSettings(for: parameters, count: leaves.count)
    if let mismatch = mismatch(owners, leaves, gradients, state) ?? special.mismatch {
      let failed = Tensor.failure(Self.kind, [], mismatch)
      return parameters.map { _ in failed }
    }
    let before = state
    let unscaled = gradients.map { state.lossScale?.removed(from: $0) ?? $0 }
    var next = step(owners, leaves, clipped(unscaled), special.values, &state)
    if let dynamics = settings.lossScaling?.dynamics, let scale = before.lossScale {
      let isFinite = allFinite(unscaled)
      state = state.replacingLeaves(
        zip(state.leaves, before.leaves).map { select(isFinite, $0, $1) })
      state.lossScale = scale.next(isFinite, growthSteps: dynamics)
      next = zip(next, leaves).map { select(isFinite, $0, $1) }
    }
    return parameters.replacingLeaves(next)
  }

  /// Which optimizer moves each parameter, in the order of the tree.
  private func owners(of parameters: some TensorTree) -> [any Optimizer] {
    // A dictionary's tensors come in the order of their keys.
    let names = (parameters as? [String: Tensor])?.keys.sorted()
    return parameters.leaves.enumerated().map { place, parameter in
      optimizer(of: parameter, named: names?[place])
    }
  }

  /// One step along clipped gradients.
  ///
  /// - Parameter special: What holds for each parameter by its path.
  private func step(
    _ owners: [any Optimizer], _ leaves: [Tensor], _ gradients: [Tensor],
    _ special: [PathSettings],
    _ state: inout OptimizerState
  ) -> [Tensor] {
    let common = rate(in: state)
    let number = (state.iteration + 1).converted(to: .float64)
    var slots = state.slots
    var next = leaves.indices.map { place in
      let (owner, parameter, factor) = (owners[place], leaves[place], special[place].rateFactor)
      let rate = (factor == 1 ? common : common * Tensor(factor)).converted(to: parameter.dtype)
      let decay = owner.settings.weightDecay
      return owner.updated(
        decay == 0 ? parameter : parameter - parameter * (rate * Tensor(decay)),
        gradient: gradients[place], slots: &slots[place], rate: rate, step: number)
    }
    if let momentum = settings.emaMomentum {
      // The first mean is the weights themselves.
      let kept = select(state.iteration .== 0, 0, Tensor(HostTensor(momentum)))
      state.means = zip(state.means, next).map { mean, value in
        let kept = kept.converted(to: mean.dtype)
        return kept * mean + (1 - kept) * value
      }
      if let frequency = settings.emaOverwriteFrequency {
        let isDue = (state.iteration + 1) % Tensor(Double(frequency)) .== 0
        next = zip(state.means, next).map { select(isDue, $0, $1) }
      }
    }
    for (place, settings) in special.enumerated() where settings.keepsZeros {
      next[place] = select(leaves[place] .== 0, 0, next[place])
    }
    state.slots = slots
    state.iteration += 1
    return next
  }

  /// What the settings of some paths come to for each parameter, or why that cannot be told.
  private func pathSettings(
    for parameters: some TensorTree, count: Int
  ) -> (values: [PathSettings], mismatch: Mismatch?) {
    let alike = [PathSettings](repeating: PathSettings(), count: count)
    let factors = settings.rateFactors ?? [:]
    let kept = settings.keptZeros ?? []
    guard !factors.isEmpty || !kept.isEmpty else { return (alike, nil) }
    guard let paths = (parameters as? [String: Tensor])?.keys.sorted() else {
      return (
        alike,
        Mismatch(
          "settings are made by path, and the parameters have none",
          "Pass a dictionary of parameters by path.")
      )
    }
    func lies(_ path: String, below outer: String) -> Bool {
      path == outer || path.hasPrefix(outer + "/")
    }
    for outer in (Array(factors.keys) + kept).sorted()
    where !paths.contains(where: { lies($0, below: outer) }) {
      let near = nearest(outer, among: paths.flatMap(prefixes))
      let setting = factors[outer] == nil ? "zeros are kept" : "a learning rate is set"
      return (
        alike,
        Mismatch(
          "\(setting) for \"\(outer)\", where nothing is trained",
          near.map { "Did you mean \"\($0)\"?" } ?? "Name a layer or weight that is trained.")
      )
    }
    return (
      paths.map { path in
        let outer = factors.keys.filter { lies(path, below: $0) }.max { $0.count < $1.count }
        return PathSettings(
          rateFactor: outer.flatMap { factors[$0] } ?? 1,
          keepsZeros: kept.contains { lies(path, below: $0) })
      }, nil
    )
  }

  /// The paths of a weight's layers and its own: `a/b/c` → `a`, `a/b`, `a/b/c`.
  private func prefixes(of path: String) -> [String] {
    let names = path.split(separator: "/")
    return names.indices.map { names[...$0].joined(separator: "/") }
  }

  /// Gradients within the limits that were set.
  private func clipped(_ gradients: [Tensor]) -> [Tensor] {
    var gradients = gradients
    if let limit = settings.clipValue {
      gradients = gradients.map { clip($0, Tensor(-limit), Tensor(limit)) }
    }
    if let limit = settings.clipNorm {
      gradients = gradients.map { gradient in
        gradient * (Tensor(limit) / maximum(sqrt(square(gradient).sum()), Tensor(limit)))
      }
    }
    if let limit = settings.globalClipNorm {
      let squares = gradients.map { square($0).sum().converted(to: .float64) }
      let norm = sqrt(squares.reduce(Tensor(HostTensor(0.0))) { $0 + $1 })
      let factor = Tensor(limit) / maximum(norm, Tensor(limit))
      gradients = gradients.map { $0 * factor.converted(to: $0.dtype) }
    }
    return gradients
  }

  /// Why gradients or state cannot be those of some parameters, if they cannot.
  private func mismatch(
    _ owners: [any Optimizer], _ parameters: [Tensor], _ gradients: [Tensor],
    _ state: OptimizerState
  ) -> Mismatch? {
    func fits(_ tensors: [Tensor], _ others: [Tensor]) -> Bool {
      tensors.map(\.shape) == others.map(\.shape)
    }
    guard fits(gradients, parameters) else {
      return Mismatch(
        "the gradient has \(gradients.count) tensors, or shapes, unlike the parameters' "
          + "\(parameters.count)", "Pass the gradient with respect to these parameters.")
    }
    let isKept =
      state.slots.count == parameters.count
      && zip(state.slots, zip(owners, parameters)).allSatisfy { slots, parameter in
        fits(slots, parameter.0.initialSlots(for: parameter.1))
      }
      && fits(state.means, settings.emaMomentum == nil ? [] : parameters)
      && (state.lossScale == nil) == (settings.lossScaling == nil)
    return isKept
      ? nil
      : Mismatch(
        "its state was not made for these parameters", "Make it with initialState(for:).")
  }
}

extension LossScale {
  fileprivate init(_ scaling: LossScaling) {
    switch scaling {
    case .constant(let factor): self.init(factor: Tensor(HostTensor(Float(factor))))
    case .dynamic(let initial, _):
      self.init(
        factor: Tensor(HostTensor(Float(initial))), finiteSteps: Tensor(HostTensor(Int64(0))))
    }
  }

  fileprivate func removed(from gradient: Tensor) -> Tensor {
    gradient * (1 / factor).converted(to: gradient.dtype)
  }

  /// The factor after a step.
  fileprivate func next(_ isFinite: Tensor, growthSteps: Int) -> LossScale {
    guard let finiteSteps else { return self }
    let count = select(isFinite, finiteSteps + 1, 0)
    let isDue = count .>= Tensor(Double(growthSteps))
    return LossScale(
      factor: select(isFinite, select(isDue, 2 * factor, factor), 0.5 * factor),
      finiteSteps: select(isDue, 0, count))
  }
}

extension LossScaling {
  /// Steps to the next growth, if the factor changes.
  fileprivate var dynamics: Int? {
    if case .dynamic(_, let growthSteps) = self { growthSteps } else { nil }
  }
}

/// Whether no element of some tensors is infinite or NaN, a Boolean scalar.
private func allFinite(_ tensors: [Tensor]) -> Tensor {
  let each = tensors.map { select(isFinite($0), Tensor.ones([]), 0).min() }
  return each.reduce(Tensor.ones([])) { minimum($0, $1) } .== 1
}

/// What settings by path come to for one parameter.
private struct PathSettings {
  /// What its learning rate is multiplied by.
  var rateFactor = 1.0
  /// Whether its elements that are 0 stay 0.
  var keepsZeros = false
}
