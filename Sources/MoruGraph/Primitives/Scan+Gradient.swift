import MoruTensors

extension Scan {
  /// The gradient is a loop in the opposite direction, which reads the values that the steps made:
  /// the loop stacks those that are read, and nothing is computed a second time but broadcasts and
  /// the like.
  ///
  /// Where constants take part in matrix products, such as weights do, their cotangents are not
  /// added up step by step: the factors of all steps are stacked, and one product after the loop
  /// sums over steps as well.
  public func gradient(operands: [Tensor], results: [Tensor], cotangents: [Tensor?]) -> [Tensor?] {
    guard let drawing else { return redrawn(operands, cotangents) }
    return BackwardLoop(self, drawing, operands, results).slopes(cotangents)
  }

  /// A body that is known as a graph is drawn first.
  private func redrawn(_ operands: [Tensor], _ cotangents: [Tensor?]) -> [Tensor?] {
    let given = carryCount + sequenceCount
    let inside = body.inputTypes.prefix(given).map { Tensor.placeholder($0) }
    let made = body.drawn(on: inside + operands[given...])
    let parts = Parts(
      initial: Array(operands[..<carryCount]), carries: Array(inside[..<carryCount]),
      next: Array(made[..<carryCount]), sequences: Array(operands[carryCount..<given]),
      slices: Array(inside[carryCount...]), outputs: Array(made[carryCount...]))
    let loop = Scan.draw(parts, length: length, isReversed: isReversed)
    var tape = Tape(to: operands, boundary: operands)
    return tape.pullback(
      zip(loop.carries + loop.outputs, cotangents).compactMap { result, cotangent in
        cotangent.map { (result, $0) }
      }, to: operands)
  }
}

/// The loop that computes the cotangents of a loop's operands.
private struct BackwardLoop {
  private let loop: Scan
  private let drawing: LoopDrawing
  private let operands: [Tensor]
  private let results: [Tensor]

  init(_ loop: Scan, _ drawing: LoopDrawing, _ operands: [Tensor], _ results: [Tensor]) {
    self.loop = loop
    self.drawing = drawing
    self.operands = operands
    self.results = results
  }

  func slopes(_ cotangents: [Tensor?]) -> [Tensor?] {
    let carried = 0..<loop.carryCount
    let sliced = loop.carryCount..<loop.carryCount + loop.sequenceCount
    // The cotangents of one step's results, inside the loop.
    let seeds = drawing.results.enumerated().map { place, result -> Tensor? in
      let isWanted = carried.contains(place) || cotangents[place] != nil
      return isWanted && result.dtype.isFloating ? .placeholder(result.type) : nil
    }
    var tape = Tape(to: drawing.inputs, boundary: drawing.inputs)
    let inner = tape.pullback(
      zip(drawing.results, seeds).compactMap { result, seed in seed.map { (result, $0) } },
      to: drawing.inputs)

    var parts = Scan.Parts()
    for place in carried {
      guard let seed = seeds[place] else { continue }
      parts.initial.append(cotangents[place] ?? .zeros(seed.shape, dtype: seed.dtype))
      parts.carries.append(seed)
      parts.next.append(inner[place] ?? .zeros(seed.shape, dtype: seed.dtype))
    }
    for place in seeds.indices.dropFirst(loop.carryCount) {
      guard let seed = seeds[place], let whole = cotangents[place] else { continue }
      parts.sequences.append(whole)
      parts.slices.append(seed)
    }
    let given = drawing.inputs.prefix(sliced.upperBound) + seeds.compactMap { $0 }
    var sums = StepSums(
      dependence: Dependence(behind: inner.compactMap { $0 }, on: Array(given)))
    for slope in inner[sliced].compactMap({ $0 }) { sums.stack(slope) }
    for slope in inner[sliced.upperBound...].compactMap({ $0 }) { sums.plan(slope) }

    // What forward steps made is read from the stacks, not computed again.
    let emitted = sums.stacked.filter { whole(of: $0) == nil }
    for total in sums.totals {
      parts.initial.append(.zeros(total.shape, dtype: total.dtype))
      let sofar = Tensor.placeholder(total.type)
      parts.carries.append(sofar)
      parts.next.append(sofar + total)
    }
    parts.outputs = emitted
    for value in valuesRead(by: parts.next + emitted) {
      guard let whole = whole(of: value) else { continue }
      parts.sequences.append(whole)
      parts.slices.append(value)
    }
    let backward = Scan.draw(parts, length: loop.length, isReversed: !loop.isReversed)

    for value in sums.stacked { sums.wholes[Place(value)] = whole(of: value) }
    for (value, whole) in zip(emitted, backward.outputs) { sums.wholes[Place(value)] = whole }
    for (total, sum) in zip(sums.totals, backward.carries.suffix(sums.totals.count)) {
      sums.sums[Place(total)] = sum
    }
    var last = backward.carries[...]
    return inner.enumerated().map { place, slope in
      if carried.contains(place) { return seeds[place] == nil ? nil : last.popFirst() }
      guard let slope else { return nil }
      return sliced.contains(place) ? sums.wholes[Place(slope)] : sums.sum(of: slope)
    }
  }

  /// All steps' values of a tensor of the forward body: a sequence, or what the forward loop stacks.
  private func whole(of value: Tensor) -> Tensor? {
    if let place = drawing.places[Place(value)] { return results[place] }
    let slices = loop.carryCount..<loop.carryCount + loop.sequenceCount
    return slices.first { Place(drawing.inputs[$0]) == Place(value) }.map { operands[$0] }
  }

  /// The values of the forward body that some tensors of the backward body read, looking through
  /// what only shows them.
  private func valuesRead(by tensors: [Tensor]) -> [Tensor] {
    let outside = Set(
      drawing.inputs.dropFirst(loop.carryCount + loop.sequenceCount).map(Place.init))
    var visited = outside
    var found: [Tensor] = []
    var pending = Array(tensors.reversed())
    while let tensor = pending.popLast() {
      guard visited.insert(Place(tensor)).inserted else { continue }
      if whole(of: tensor) != nil, !tensor.isShown {
        found.append(tensor)
      } else {
        pending += tensor.vertex.inputs.reversed()
      }
    }
    return found
  }
}

extension Tensor {
  /// Whether this shows the elements of another tensor, which is no larger.
  fileprivate var isShown: Bool {
    switch vertex.operation {
    case .primitive(.broadcast), .primitive(.reshape), .primitive(.transpose): true
    default: false
    }
  }
}

/// Sums over all steps of tensors of a loop's body, made after the loop where that is cheaper.
private struct StepSums {
  /// Tensors whose values of all steps the sums need.
  private(set) var stacked: [Tensor] = []
  /// Tensors that the loop has to add up itself.
  private(set) var totals: [Tensor] = []
  /// The values of all steps of `stacked`.
  var wholes: [Place: Tensor] = [:]
  /// Sums that are known.
  var sums: [Place: Tensor] = [:]
  private let dependence: Dependence
  private var planned: Set<Place> = []
  private var known: Set<Place> = []

  init(dependence: Dependence) { self.dependence = dependence }

  /// Asks for the values of all steps.
  mutating func stack(_ tensor: Tensor) {
    if known.insert(Place(tensor)).inserted { stacked.append(tensor) }
  }

  /// Finds out what the sum of a tensor needs.
  mutating func plan(_ tensor: Tensor) {
    guard planned.insert(Place(tensor)).inserted else { return }
    guard dependence.holds(tensor) else { return totals.append(tensor) }
    let inputs = tensor.vertex.inputs
    switch tensor.summation {
    case .terms, .image: for input in inputs { plan(input) }
    case .reduction: stack(inputs[0])
    case .product:
      if inputs.allSatisfy(dependence.holds) {
        for input in inputs { stack(input) }
      } else {
        for input in inputs where dependence.holds(input) { plan(input) }
      }
    case .other: totals.append(tensor)
    }
  }

  /// The sum over all steps of a tensor that was planned.
  mutating func sum(of tensor: Tensor) -> Tensor? {
    if let sum = sums[Place(tensor)] { return sum }
    let inputs = tensor.vertex.inputs
    let sum: Tensor?
    switch tensor.summation {
    case .terms:
      let terms = inputs.compactMap { self.sum(of: $0) }
      sum = terms.count == 2 ? terms[0] + terms[1] : nil
    case .image(let primitive): sum = self.sum(of: inputs[0]).map { .apply(primitive, $0) }
    case .reduction(let rule):
      sum = wholes[Place(inputs[0])]?.sum(axes: [0] + rule.axes.map { $0 + 1 })
    case .product(let rule):
      if inputs.allSatisfy(dependence.holds) {
        let factors = inputs.compactMap { wholes[Place($0)] }
        sum = factors.count == 2 ? .apply(.dot(rule.summedOverSteps), factors[0], factors[1]) : nil
      } else {
        let factors = inputs.compactMap { dependence.holds($0) ? self.sum(of: $0) : $0 }
        sum = factors.count == 2 ? .apply(.dot(rule), factors[0], factors[1]) : nil
      }
    case .other: sum = nil
    }
    sums[Place(tensor)] = sum
    return sum
  }
}

/// How the sum over steps of a tensor comes from its operands.
private enum Summation {
  /// The sum of the operands' sums.
  case terms
  /// A linear function of the operand's sum.
  case image(Primitive)
  /// The sum over more axes of the operand.
  case reduction(Reduce)
  /// The product, contracted over steps too.
  case product(DotGeneral)
  case other
}

extension Tensor {
  fileprivate var summation: Summation {
    guard case .primitive(let primitive) = vertex.operation else { return .other }
    switch primitive {
    case .binary(.add): return .terms
    case .unary(.negate), .reshape, .transpose, .broadcast: return .image(primitive)
    case .reduce(let rule) where rule.kind == .sum: return .reduction(rule)
    case .dot(let rule): return .product(rule)
    default: return .other
    }
  }
}

extension DotGeneral {
  /// The same product of stacks of factors, summed over the stacks.
  fileprivate var summedOverSteps: DotGeneral {
    DotGeneral(
      leftBatch: leftBatch.map { $0 + 1 }, rightBatch: rightBatch.map { $0 + 1 },
      leftContracting: [0] + leftContracting.map { $0 + 1 },
      rightContracting: [0] + rightContracting.map { $0 + 1 })
  }
}
