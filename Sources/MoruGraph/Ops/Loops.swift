import MoruTensors

/// Repeats `body`, which turns carries and the slices of one step into the next carries and
/// outputs: recurrence.
///
/// The body is drawn once. What it reads from outside, such as weights, is the same in every step
/// and has a gradient like everything else.
///
/// ```swift
/// let (last, all) = scan(h, over: x) { h, x in
///   let next = tanh(matmul(x, w) + matmul(h, u))
///   return (next, next)
/// }
/// ```
///
/// - Shapes: `over: [steps, …]` for every tensor, of which the body gets `[…]`; outputs `[…]` of the
///   body become `[steps, …]`; carries keep their types.
/// - Parameters:
///   - initial: The carries of the first step.
///   - sequences: What is sliced along axis 0.
///   - length: Number of steps; needed only if there are no sequences.
///   - reversed: Whether steps go from the last slice to the first; outputs stand at the place of
///     their slice.
///   - body: Draws one step.
/// - Returns: The carries after the last step, and the outputs of all steps; tensors that carry an
///   error if sequences differ in length, or if a carry changes its type.
/// - Throws: What `body` throws.
public func scan<Carry: TensorTree, Input: TensorTree, Output: TensorTree>(
  _ initial: Carry, over sequences: Input, length: Int? = nil, reversed: Bool = false,
  _ body: (Carry, Input) throws -> (Carry, Output)
) rethrows -> (carry: Carry, outputs: Output) {
  let (carried, sliced) = (initial.leaves, sequences.leaves)
  let (count, failed) = steps(over: sliced, length: length, carried)
  let carries = carried.map { failed ?? .placeholder($0.type) }
  let slices = sliced.map {
    failed ?? .placeholder(TensorType($0.dtype, Shape(Array($0.shape.dropFirst()))))
  }
  let (next, outputs) = try body(
    initial.replacingLeaves(carries), sequences.replacingLeaves(slices))
  let loop = Scan.draw(
    Scan.Parts(
      initial: carried, carries: carries, next: next.leaves, sequences: sliced, slices: slices,
      outputs: outputs.leaves), length: count, isReversed: reversed)
  return (next.replacingLeaves(loop.carries), outputs.replacingLeaves(loop.outputs))
}

/// The number of steps, and a tensor that carries the error if there is none that fits.
private func steps(
  over sequences: [Tensor], length: Int?, _ carries: [Tensor]
) -> (Int, failed: Tensor?) {
  if let failed = (carries + sequences).first(where: { $0.error != nil }) { return (0, failed) }
  func failure(_ reason: String, _ remedy: String) -> (Int, Tensor?) {
    (0, .failure("scan", sequences, Mismatch(reason, remedy)))
  }
  if sequences.contains(where: { $0.rank == 0 }) {
    return failure("a scalar has no steps", "Pass sequences of shape [steps, …].")
  }
  let lengths = Set(sequences.map { $0.shape[0] }).union(length.map { [$0] } ?? [])
  guard let count = lengths.first, lengths.count == 1, count >= 0 else {
    return lengths.isEmpty
      ? failure("nothing says how many steps there are", "Pass a length.")
      : failure(
        "their lengths \(lengths.sorted()) are not one number of steps", "Make axis 0 equal.")
  }
  return (count, nil)
}

extension Scan {
  /// A loop in the making: pairs of what stands outside and inside the body.
  struct Parts {
    /// The carries of the first step.
    var initial: [Tensor] = []
    /// What stands for the carries inside.
    var carries: [Tensor] = []
    /// The next carries.
    var next: [Tensor] = []
    /// What is sliced.
    var sequences: [Tensor] = []
    /// What stands for the slices inside.
    var slices: [Tensor] = []
    /// What is stacked.
    var outputs: [Tensor] = []
  }

  /// The last carries and the stacked outputs of a loop, or tensors that carry an error.
  static func draw(
    _ parts: Parts, length: Int, isReversed: Bool
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    func failed(_ tensor: Tensor) -> (carries: [Tensor], outputs: [Tensor]) {
      (parts.next.map { _ in tensor }, parts.outputs.map { _ in tensor })
    }
    if let culprit = (parts.next + parts.outputs).first(where: { $0.error != nil }) {
      return failed(culprit)
    }
    let next = zip(parts.next, parts.initial).map { $0.adopting($1.dtype) }
    guard parts.next.count == parts.initial.count, next.map(\.type) == parts.initial.map(\.type)
    else {
      let types = parts.next.map(\.type.description).joined(separator: " and ")
      return failed(
        .failure(
          "scan", parts.initial,
          Mismatch(
            "the body turns these carries into \(types)",
            "Return carries of the types that the loop starts from.")))
    }
    let drawing = LoopDrawing(
      carries: parts.carries, slices: parts.slices, next: next, outputs: parts.outputs)
    let body: Graph
    do {
      body = try Graph(inputs: drawing.inputs, results: drawing.results)
    } catch {
      return failed(.failure(error))
    }
    let loop = Scan(
      body: body, carryCount: next.count, sequenceCount: parts.slices.count, length: length,
      isReversed: isReversed, drawing: drawing)
    let constants = drawing.inputs.dropFirst(next.count + parts.slices.count)
    let results = Tensor.applyAll(.scan(loop), parts.initial + parts.sequences + constants)
    guard results.first?.error == nil else { return failed(results[0]) }
    return (
      Array(results.prefix(next.count)),
      Array(results.dropFirst(next.count).prefix(parts.outputs.count))
    )
  }
}
