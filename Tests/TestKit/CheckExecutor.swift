public import MoruGraph
import MoruReference
import MoruTensors

/// Checks that an executor computes every sample as the reference does, and keeps resident values
/// as `Executor` promises.
///
/// - Throws: `CheckFailure` with a line for each sample that disagrees or cannot be computed.
public func checkExecutor(
  _ executor: any Executor, samples: [Sample] = Sample.all
) async throws {
  var findings: [String] = []
  let reference = ReferenceExecutor()
  for sample in samples {
    do {
      let graph = try sample.graph()
      let expected = try await reference.compile(graph).run(sample.inputs)
      let found = try await executor.compile(graph).run(sample.inputs)
      if found.count != expected.count {
        findings.append("\(sample.name): \(found.count) results, not \(expected.count)")
      }
      for (found, expected) in zip(found, expected) {
        let tolerance = sample.isExact ? 0.0 : nil
        if let difference = difference(found, from: expected, tolerance: tolerance) {
          findings.append("\(sample.name): \(executor.name) \(difference)")
        }
      }
    } catch {
      findings.append("\(sample.name): \(error)")
    }
  }
  findings += try await residencyFindings(executor)
  try CheckFailure.throwUnlessEmpty(findings)
}

/// What an executor does wrong with values that live between runs.
private func residencyFindings(_ executor: any Executor) async throws -> [String] {
  var findings: [String] = []
  func check(_ holds: Bool, _ rule: String) { if !holds { findings.append("residents: \(rule)") } }

  let kept = DType.allCases.flatMap { [Values.spread([2, 3], $0), Values.spread([0], $0)] }
  let places = try await executor.place(kept)
  check(places.map(\.type) == kept.map(\.type), "types are those of the placed values")
  check(try await executor.read(places) == kept, "what was placed is read back, bit for bit")

  // All updates are read before any is replaced: two values change places.
  let (a, b) = (HostTensor([1, 2] as [Float]), HostTensor([3, 4] as [Float]))
  let step = Tensor.placeholder(a.type)
  let (x, y) = (Tensor.placeholder(a.type), Tensor.placeholder(a.type))
  let swap = try Graph(
    inputs: [step], resident: [x, y], results: [x, x + step], updates: [0: y, 1: x])
  let pair = try await executor.place([a, b])
  let program = try await executor.compile(swap, resident: pair)
  let results = try await program.run(steps: [[a], [b], [a]])
  check(
    results == [
      [a, HostTensor([2, 4] as [Float])], [b, HostTensor([6, 8] as [Float])],
      [a, HostTensor([2, 4] as [Float])],
    ],
    "each step sees what the one before left, and returns values from before its updates")
  check(try await executor.read(pair) == [b, a], "all updates are read before any is replaced")

  // Two programs share a value; one of them is compiled before the other changes it.
  let increment = try Graph(resident: [x], results: [], updates: [0: x + 1])
  let look = try await executor.compile(Graph(resident: [x], results: [2 * x]), resident: [pair[1]])
  _ = try await executor.compile(increment, resident: [pair[1]]).run()
  let seen = try await look.run()
  check(seen == [HostTensor([4, 6] as [Float])], "programs that share a value see its updates")

  let refusals: [(String, () async throws -> Void)] = [
    (
      "a value of another type is refused",
      { try await executor.write([a, .init(1 as Float)], to: pair) }
    ),
    ("fewer values than residents are refused", { try await executor.write([a], to: pair) }),
    (
      "inputs of another type are refused",
      { _ = try await program.run(steps: [[a], [.init(1.0)]]) }
    ),
    (
      "too few residents are refused", { _ = try await executor.compile(swap, resident: [pair[0]]) }
    ),
    (
      "a resident of another type is refused",
      { _ = try await executor.compile(swap, resident: [places[0], pair[0]]) }
    ),
    (
      "a resident of another executor is refused",
      {
        let foreign = await ReferenceExecutor().place([a, b])
        _ = try await executor.compile(swap, resident: foreign)
      }
    ),
  ]
  let before = try await executor.read(pair)
  for (rule, refused) in refusals {
    do {
      try await refused()
      check(false, rule)
    } catch {
      check(error is GraphError, "\(rule) with a GraphError, not \(error)")
    }
  }
  check(try await executor.read(pair) == before, "what is refused changes nothing")
  try await executor.write([b, a], to: pair)
  check(try await executor.read(pair) == [b, a], "what is written is read back")
  return findings
}
