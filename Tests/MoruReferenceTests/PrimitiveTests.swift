import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite struct PrimitiveTests {
  private static let differentiable = Sample.all.filter(\.isDifferentiable)

  /// Every operation that gradients of gradients are promised for.
  private static let twiceDifferentiable = differentiable.filter { sample in
    // Where elements are 0, the derivative of the others' product is left out of the second order.
    sample.name != "product with zeros f64"
  }

  @Test("every primitive has samples")
  func everyPrimitiveHasSamples() throws {
    var kinds: Set<PrimitiveKind> = []
    var functions: Set<String> = []
    for sample in Sample.primitives {
      for node in try sample.graph().nodes {
        kinds.insert(PrimitiveKind(node.primitive))
        switch node.primitive {
        case .unary(let function): functions.insert(function.rawValue)
        case .binary(let function): functions.insert(function.rawValue)
        case .compare(let comparison): functions.insert(comparison.rawValue)
        case .reduce(let rule): functions.insert("reduce \(rule.kind)")
        default: break
        }
      }
    }
    #expect(kinds == Set(PrimitiveKind.allCases))
    let named =
      Unary.allCases.map(\.rawValue) + Binary.allCases.map(\.rawValue)
      + Comparison.allCases.map(\.rawValue) + Reduce.Kind.allCases.map { "reduce \($0)" }
    #expect(functions == Set(named))
  }

  @Test("every primitive is sampled on the element types that it is defined for")
  func elementTypes() throws {
    var sampled: [PrimitiveKind: Set<DType>] = [:]
    for sample in Sample.primitives {
      let graph = try sample.graph()
      guard let node = graph.nodes.last else { continue }
      sampled[PrimitiveKind(node.primitive), default: []].formUnion(
        (node.operands + node.results).map { graph.types[$0].dtype })
    }
    let all = Set(DType.allCases)
    let numeric = all.subtracting([.bool])
    let floating: Set<DType> = [.float32, .float64, .bfloat16]
    for kind in PrimitiveKind.allCases {
      let expected: Set<DType> =
        switch kind {
        case .constant, .unary, .binary, .compare, .select, .convert, .reshape, .transpose,
          .broadcast, .concatenate, .slice, .pad, .reverse, .gather, .scan, .barrier:
          all
        case .iota, .reduce, .argMax, .cumulativeSum, .dot, .scatterAdd, .convolution,
          .convolutionInputGradient, .convolutionKernelGradient, .maxPool:
          numeric
        case .randomUniform: [.float32, .float64, .int64]
        case .maxPoolGradient, .maxPoolGather, .averagePool, .averagePoolGradient: floating
        }
      #expect(sampled[kind] == expected, "\(kind)")
    }
  }

  @Test("sample names are unique")
  func names() {
    #expect(Set(Sample.all.map(\.name)).count == Sample.all.count)
  }

  @Test("gradients agree with differences", arguments: differentiable)
  func gradient(sample: Sample) async throws {
    try await checkGradient(sample)
  }

  @Test("gradients of gradients agree with differences", arguments: twiceDifferentiable)
  func gradientOfGradient(sample: Sample) async throws {
    try await checkGradient(sample, order: 2)
  }
}
