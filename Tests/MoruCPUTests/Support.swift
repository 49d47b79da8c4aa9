import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// Values that are easy to tell apart and of both signs, for any element type.
func sample(_ dtype: DType, _ shape: Shape, seed: UInt64 = 1, scale: Double = 2) -> HostTensor {
  let uniform = Seed(seed).uniform(count: shape.elementCount)
  let values =
    switch dtype {
    case .bool: uniform.map { $0 < 0.5 ? 0.0 : 1.0 }
    case .uint8: uniform.map { ($0 * 20).rounded(.down) }
    case .int8, .int32, .int64: uniform.map { (($0 * 2 - 1) * scale * 5).rounded(.down) }
    case .float32, .float64, .bfloat16: uniform.map { ($0 * 2 - 1) * scale }
    }
  let converted = HostTensor(values).converted(to: dtype)
  return HostTensor(shape: shape, dtype: dtype) { bytes in
    converted.withUnsafeBytes { bytes.copyMemory(from: $0) }
  }
}

/// A graph of one primitive over inputs.
func graph(_ primitive: Primitive, _ operands: [TensorType]) throws -> Graph {
  let results = try primitive.rule.infer(operands)
  let inputs = Array(operands.indices)
  let outputs = results.indices.map { operands.count + $0 }
  return Graph(
    types: operands + results, inputs: inputs, resident: [],
    nodes: [Graph.Node(primitive, operands: inputs, results: outputs)], results: outputs,
    updates: [])
}

/// A graph of one primitive over constants, which is computed when it is compiled.
func constantGraph(_ primitive: Primitive, _ operands: [HostTensor]) throws -> Graph {
  let results = try primitive.rule.infer(operands.map(\.type))
  let constants = operands.enumerated().map {
    Graph.Node(.constant($1), operands: [], results: [$0])
  }
  let outputs = results.indices.map { operands.count + $0 }
  let node = Graph.Node(primitive, operands: Array(operands.indices), results: outputs)
  return Graph(
    types: operands.map(\.type) + results, inputs: [], resident: [], nodes: constants + [node],
    results: outputs, updates: [])
}

/// Numbers as Float64, for comparisons.
func numbers(_ tensor: HostTensor) throws -> [Double] {
  try tensor.converted(to: .float64).array(of: Double.self)
}

/// Checks types and every element: |a − b| ≤ tolerance · max|b|, NaN and infinities in equal places.
func expectClose(
  _ found: HostTensor, _ expected: HostTensor, tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(found.type == expected.type, "\(what)", sourceLocation: sourceLocation)
  guard found.type == expected.type else { return }
  let (a, b) = (try numbers(found), try numbers(expected))
  let scale = b.filter(\.isFinite).map(abs).max() ?? 0
  for (place, (x, y)) in zip(a, b).enumerated() {
    let fits = x == y || (x.isNaN && y.isNaN) || abs(x - y) <= tolerance * scale
    guard !fits else { continue }
    Issue.record(
      "\(what): element \(place) of \(found.type) is \(x), not \(y)",
      sourceLocation: sourceLocation)
    return
  }
}

/// Checks one primitive against the reference, with its operands as inputs and as constants.
func check(
  _ primitive: Primitive, _ operands: [HostTensor], tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let what = "\(primitive.rule.name) \(primitive.rule.attributes) \(operands.map(\.type))"
  let graph = try graph(primitive, operands.map(\.type))
  let expected = try await ReferenceExecutor().compile(graph).run(operands)
  let found = try await CPUExecutor.shared.compile(graph).run(operands)
  let constant = try await CPUExecutor.shared.compile(constantGraph(primitive, operands)).run()
  try #require(found.count == expected.count)
  for (index, value) in expected.enumerated() {
    let limit =
      switch value.dtype {
      case .float64: min(tolerance, 1e-12)
      // A unit in the last place of the greatest: sums near the middle between two numbers may be
      // rounded either way.
      case .bfloat16: max(tolerance, 0x1p-7)
      default: tolerance
      }
    try expectClose(found[index], value, tolerance: limit, what, sourceLocation: sourceLocation)
    #expect(
      sameBits(constant[index], found[index]), "\(what) as constants",
      sourceLocation: sourceLocation)
  }
}

/// Whether two tensors agree bit for bit.
func sameBits(_ a: HostTensor, _ b: HostTensor) -> Bool {
  a.type == b.type
    && a.withUnsafeBytes { first in b.withUnsafeBytes { first.elementsEqual($0) } }
}
