import GoldenKit
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Layers agree with PyTorch and Keras") struct GoldenLayerTests {
  @Test("there are golden files to compare with")
  func files() {
    #expect(GoldenFile.names(in: "layers").count >= 250)
    #expect(GoldenFile.names(in: "losses").count >= 42)
  }

  @Test("in Float64", arguments: GoldenFile.names(in: "layers"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("layers", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "layers"))
  func float32(name: String) async throws {
    try await compare(try GoldenFile("layers", name), as: .float32, tolerance: 1e-5)
  }

  @Test("in Float32 on the processor", arguments: GoldenFile.names(in: "layers"))
  func processor(name: String) async throws {
    try await compare(
      try GoldenFile("layers", name), as: .float32, tolerance: 1e-5, on: CPUExecutor.shared)
  }

  /// Output, updated statistics and gradients of one case.
  private func compare(
    _ file: GoldenFile, as dtype: DType, tolerance: Double,
    on executor: any Executor = ReferenceExecutor()
  ) async throws {
    let golden = try GoldenLayerCase(file, as: dtype)
    #expect(Set(golden.found.keys) == Set(golden.expected.keys))
    let names = golden.found.keys.sorted()
    let values = try await executor.values(of: names.compactMap { golden.found[$0] })
    for (name, value) in zip(names, values) {
      let wanted = try #require(golden.expected[name]).converted(to: value.dtype)
      #expect(difference(value, from: wanted, tolerance: tolerance) == nil, "\(name)")
    }
  }
}
