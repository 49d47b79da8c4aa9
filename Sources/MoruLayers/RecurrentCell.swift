public import MoruGraph
public import MoruTensors

/// One step of a recurrence: it makes an output and the next states of an input and the states.
///
/// Write your own to have `RNN` walk over time with it: a struct with `stateShapes`, `step` and its
/// settings. Everything random that a step draws, such as dropout, is the same in every step of one
/// walk, because it is drawn once, outside the loop (Gal, Ghahramani 2016, arXiv:1512.05287).
///
/// A cell is a layer too: called on an input `[batch, …]`, and its states unless they are zeros, it
/// makes one step and returns the output and the next states.
public protocol RecurrentCell: Layer {
  /// The axes of one step's input after the batch axis, for messages: `["features"]`; nil if the cell
  /// takes inputs of any rank.
  var inputAxes: [String]? { get }

  /// The shapes of the states, batch axis first, for inputs of one step; the first is the output's
  /// too.
  ///
  /// - Parameter input: The shape of the input of one step, batch axis first.
  /// - Throws: `Mismatch` if the cell is not defined for such inputs.
  func stateShapes(for input: Shape) throws(Mismatch) -> [Shape]

  /// What can be computed of the inputs of all steps at once, which is faster than step by step:
  /// usually their product with a kernel. `[time, batch, …] → [time, batch, …]`
  func prepare(_ x: Tensor, in scope: Scope) -> Tensor

  /// Makes one step.
  ///
  /// - Parameters:
  ///   - x: What `prepare` made of one step's input.
  ///   - states: The present states.
  ///   - scope: Where weights are asked for.
  func step(
    _ x: Tensor, _ states: [Tensor], in scope: Scope
  ) -> (output: Tensor, states: [Tensor])
}

extension RecurrentCell {
  public var inputAxes: [String]? { nil }

  /// Refuses an input of another rank than the cell takes.
  ///
  /// - Parameter input: The shape of the input, batch axis first.
  /// - Parameter isSequence: Whether it is one of all steps, `[batch, time, …]`.
  func checkRank(of input: Shape, isSequence: Bool = false) throws(Mismatch) {
    let outer = isSequence ? ["batch", "time"] : ["batch"]
    guard let inputAxes else {
      guard !isSequence || input.rank >= 3 else {
        throw Mismatch("its input has rank \(input.rank), less than 3", "Pass [batch, time, …].")
      }
      return
    }
    let axes = outer + inputAxes
    guard input.rank == axes.count else {
      throw Mismatch(
        "its input has rank \(input.rank), not \(axes.count)",
        "Pass [\(axes.joined(separator: ", "))].")
    }
  }

  public func prepare(_ x: Tensor, in scope: Scope) -> Tensor { x }

  public func forward(_ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    do throws(Mismatch) {
      guard !inputs.isEmpty else { throw Mismatch("it has no input", "Pass one step's input.") }
      let initial = try initialStates(inputs, for: inputs[0].shape)
      let z = prepare(inputs[0].floating().expanded(at: 0), in: scope)
      guard z.error == nil else { return [z] }
      let (output, states) = step(
        z.reshaped(to: Shape(Array(z.shape.dropFirst()))), initial, in: scope)
      return [output] + states
    } catch {
      return [.failure(Self.kind, inputs, error)]
    }
  }

  /// The states that come after the input, or zeros.
  func initialStates(
    _ inputs: [Tensor], for input: Shape
  ) throws(Mismatch) -> [Tensor] {
    let shapes = try stateShapes(for: input)
    guard inputs.count == 1 || inputs.count == 1 + shapes.count else {
      throw Mismatch(
        "it takes one input, or \(1 + shapes.count) with initial states, not \(inputs.count)",
        "Pass the input, and no states or all of them.")
    }
    guard inputs.count > 1 else {
      let dtype = inputs[0].floating().dtype
      return shapes.map { .zeros($0, dtype: dtype) }
    }
    let states = inputs.dropFirst().map { $0.floating() }
    guard states.map(\.shape) == shapes else {
      throw Mismatch(
        "its initial states are not of shape \(shapes.map(\.description).joined(separator: ", "))",
        "Pass states for each sample of the batch.")
    }
    return states
  }
}

/// A layer that walks over time.
public protocol SequenceLayer: Layer {
  var name: String? { get set }
  /// Whether the outputs of all steps are returned, in the order in which they are made.
  var returnSequences: Bool { get }
  /// Whether the last states are returned too.
  var returnState: Bool { get }
  /// Whether time runs from the last step to the first.
  var goBackwards: Bool { get set }
  /// How many sequences, a batch, go on from batch to batch: the last states of each are where the
  /// sequence at its place in the next batch starts, in training and in use. Nil if every sequence
  /// starts from zeros.
  var statefulBatchSize: Int? { get }
}

extension SequenceLayer {
  /// Walks over `[batch, time, …]` with a cell, from states that follow the input, those that the
  /// batch before left, or zeros.
  ///
  /// A step that the input's mask hides leaves states and output as they were.
  func walk(_ cell: some RecurrentCell, _ inputs: [Tensor], in scope: Scope) -> [Tensor] {
    guard let x = inputs.first else {
      return [.failure(Self.kind, [], Mismatch("it has no input", "Pass [batch, time, …]."))]
    }
    let initial: [Tensor]
    do throws(Mismatch) {
      try cell.checkRank(of: x.shape, isSequence: true)
      let step = Shape([x.shape[0]] + x.shape.dropFirst(2))
      initial = try startingStates(cell, inputs, for: step, in: scope)
    } catch {
      return [.failure(Self.kind, inputs, error)]
    }
    if let failed = initial.first(where: { $0.error != nil }) { return [failed] }
    let z = cell.prepare(timeFirst(x.floating()), in: scope)
    let mask = scope.mask(of: x)
    let (states, last, all) =
      if let mask {
        masked(cell, initial, z, mask.transposed([1, 0]), in: scope)
      } else {
        unmasked(cell, initial, z, in: scope)
      }
    guard all.error == nil else { return [all] }
    if statefulBatchSize != nil {
      for (place, state) in states.enumerated() { scope.carry(Self.stateName(place), state) }
    }
    guard returnSequences else { return [last] + (returnState ? states : []) }
    let sequence = timeFirst(goBackwards ? all.reversed(axes: [0]) : all)
    if let mask { scope.setMask(goBackwards ? mask.reversed(axes: [1]) : mask, of: sequence) }
    return [sequence] + (returnState ? states : [])
  }

  /// Where the walk begins.
  private func startingStates(
    _ cell: some RecurrentCell, _ inputs: [Tensor], for step: Shape, in scope: Scope
  ) throws(Mismatch) -> [Tensor] {
    let initial = try cell.initialStates(inputs, for: step)
    guard let batchSize = statefulBatchSize else { return initial }
    guard (1...sizeLimit).contains(batchSize) else {
      throw Mismatch(
        "its statefulBatchSize is \(batchSize)", "Say how many sequences a batch has, at least 1.")
    }
    guard scope.isDeclaring || step[0] == batchSize else {
      throw Mismatch(
        "it keeps states for batches of \(batchSize), this one is of \(step[0])",
        "Pass batches of \(batchSize), or a layer without statefulBatchSize.")
    }
    let kept = initial.enumerated().map { place, state in
      scope.carriedState(
        Self.stateName(place), Shape(Array(state.shape.dropFirst())), batchSize: batchSize)
    }
    guard inputs.count == 1 else { return initial }
    return zip(kept, initial).map { $0.converted(to: $1.dtype) }
  }

  private static func stateName(_ place: Int) -> String { "state_\(place)" }

  private typealias Walked = (states: [Tensor], last: Tensor, all: Tensor)

  private func unmasked(
    _ cell: some RecurrentCell, _ initial: [Tensor], _ z: Tensor, in scope: Scope
  ) -> Walked {
    var isState = false
    let (states, all) = scan(initial, over: z, reversed: goBackwards) { states, z in
      let (output, next) = cell.step(z, states, in: scope)
      isState = Place(output) == Place(next[0])
      return (next, output)
    }
    guard !isState, all.error == nil else { return (states, states[0], all) }
    let place = goBackwards ? 0 : all.shape[0] - 1
    let last = all.sliced(place..<place + 1).reshaped(to: Shape(Array(all.shape.dropFirst())))
    return (states, last, all)
  }

  /// The same with the output among the carries, because hidden steps repeat it.
  private func masked(
    _ cell: some RecurrentCell, _ initial: [Tensor], _ z: Tensor, _ mask: Tensor, in scope: Scope
  ) -> Walked {
    let start = initial + [.zeros(initial[0].shape, dtype: initial[0].dtype)]
    let (carry, all) = scan(start, over: [z, mask], reversed: goBackwards) { carry, slices in
      let (output, next) = cell.step(slices[0], carry.dropLast(), in: scope)
      let made = zip(next + [output], carry).map { kept($0, $1, where: slices[1]) }
      return (made, made[made.count - 1])
    }
    return (carry.dropLast(), carry[carry.count - 1], all)
  }

  /// `[batch, time, …]` with its first two axes swapped, or back.
  private func timeFirst(_ x: Tensor) -> Tensor {
    x.transposed([1, 0] + Array(2..<x.rank))
  }

  private func kept(_ next: Tensor, _ last: Tensor, where shown: Tensor) -> Tensor {
    guard next.error == nil, shown.error == nil else { return next }
    let column = Shape([shown.shape[0]] + [Int](repeating: 1, count: next.rank - 1))
    return select(shown.reshaped(to: column), next, last)
  }
}
