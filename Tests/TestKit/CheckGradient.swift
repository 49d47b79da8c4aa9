import MoruGraph
import MoruReference
import MoruTensors

/// Compares the gradient of a sample, weighted and summed up, with central differences in Float64.
///
/// - Parameters:
///   - sample: One whose `isDifferentiable` holds.
///   - order: 2 to check the gradient of the gradient.
///   - step: How far each element is moved either way.
///   - tolerance: Greatest error allowed, relative to the gradient's greatest element.
/// - Throws: `CheckFailure` with a line for each input whose gradient is wrong, or why there is none.
public func checkGradient(
  _ sample: Sample, order: Int = 1, step: Double = 1e-5, tolerance: Double = 1e-6
) async throws {
  do {
    let findings = try await gradientFindings(
      sample, order: order, step: step, tolerance: tolerance)
    try CheckFailure.throwUnlessEmpty(findings)
  } catch let error as GraphError {
    throw CheckFailure(findings: ["\(sample.name): \(error)"])
  }
}

private func gradientFindings(
  _ sample: Sample, order: Int, step: Double, tolerance: Double
) async throws -> [String] {
  let places = sample.inputs.indices.filter { sample.inputs[$0].dtype == .float64 }
  let inputs = sample.inputs.map { Tensor.placeholder($0.type) }
  var loss = weighted(sample.draw(inputs), seed: 11)
  for _ in 1..<max(order, 1) {
    let slopes = gradients(of: loss, at: places.map { inputs[$0] })
    loss = slopes.enumerated().map { weighted($1, seed: 12 + UInt64($0)) }.reduce(0, +)
      .converted(to: .float64)
  }
  let slopes = gradients(of: loss, at: places.map { inputs[$0] })
  let executor = ReferenceExecutor()
  let analytic = try await executor.compile(Graph(inputs: inputs, results: slopes))
    .run(sample.inputs)
  let program = try await executor.compile(Graph(inputs: inputs, results: [loss]))
  var findings: [String] = []
  for (place, slope) in zip(places, analytic) {
    let input = sample.inputs[place]
    guard slope.type == input.type else {
      findings.append("\(sample.name): the gradient of input \(place) is \(slope.type)")
      continue
    }
    let numeric = try await differences(program, sample.inputs, at: place, step: step)
    // Where the gradient is zero throughout, the differences' own rounding is left.
    let scale = max(numeric.lazy.map { abs($0) }.max() ?? 0, 1e-2)
    for (index, (found, expected)) in zip(numbers(slope), numeric).enumerated()
    where !(abs(found - expected) <= tolerance * scale) {
      findings.append(
        "\(sample.name): order \(order) gradient of input \(place) is \(found) at place \(index), "
          + "not \(expected)")
      break
    }
  }
  return findings
}

/// The sum of all elements, each with a weight of its own, so that none can hide behind another.
private func weighted(_ y: Tensor, seed: UInt64) -> Tensor {
  let weights = Values.spread(y.shape, y.dtype, in: 0.5...1.5, seed: Seed(seed))
  return (y * Tensor(weights)).sum()
}

/// The central difference of a program's one result in each element of one input.
private func differences(
  _ program: any Program, _ inputs: [HostTensor], at place: Int, step: Double
) async throws -> [Double] {
  let center = numbers(inputs[place])
  let moved = center.indices.flatMap { index in
    [step, -step].map { offset in
      var values = center
      values[index] += offset
      var inputs = inputs
      inputs[place] = Values.tensor(values, inputs[place].shape, .float64)
      return inputs
    }
  }
  let losses = try await program.run(steps: moved).map { numbers($0[0])[0] }
  return center.indices.map { (losses[2 * $0] - losses[2 * $0 + 1]) / (2 * step) }
}
