import GoldenKit
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Losses agree with PyTorch and Keras") struct GoldenLossTests {
  @Test("in Float64", arguments: GoldenFile.names(in: "losses"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("losses", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "losses"))
  func float32(name: String) async throws {
    // The nearest Float32 to 1 − 1e-7 is 1 − 1.19e-7, whose distance from 1 has another logarithm.
    let tolerance = name == "binary_probabilities_clipped" ? 5e-3 : 1e-5
    try await compare(try GoldenFile("losses", name), as: .float32, tolerance: tolerance)
  }

  @Test(
    "of the softmax and sigmoid of logits are those of the logits",
    arguments: [
      "sparsecategorical_logits", "sparsecategorical_logits_large",
      "sparsecategorical_logits_sequence", "categorical_logits", "categorical_logits_large",
      "binary_logits", "binary_logits_large",
    ])
  func fused(name: String) async throws {
    let file = try GoldenFile("losses", name)
    let probabilities: any Loss =
      switch file.className {
      case "SparseCategoricalCrossentropy": .sparseCategoricalCrossentropy
      case "CategoricalCrossentropy": .categoricalCrossentropy
      default: .binaryCrossentropy
      }
    let isBinary = file.className == "BinaryCrossentropy"
    try await compare(file, as: .float32, tolerance: 1e-5, probabilities) {
      isBinary ? sigmoid($0) : softmax($0)
    }
  }

  private func compare(
    _ file: GoldenFile, as dtype: DType, tolerance: Double, _ loss: (any Loss)? = nil,
    of output: (Tensor) -> Tensor = { $0 }
  ) async throws {
    let golden = try GoldenLossCase(file, as: dtype, loss: loss, of: output)
    #expect(Set(golden.found.keys) == Set(golden.expected.keys))
    let names = golden.found.keys.sorted()
    let values = try await ReferenceExecutor().values(of: names.compactMap { golden.found[$0] })
    for (name, value) in zip(names, values) {
      let wanted = try #require(golden.expected[name]).converted(to: dtype)
      #expect(difference(value, from: wanted, tolerance: tolerance) == nil, "\(name)")
    }
  }

  @Test("every loss has golden values")
  func coverage() throws {
    let names = try GoldenFile.names(in: "losses").map { try GoldenFile("losses", $0).className }
    #expect(Set(names) == Set(lossCatalog.map { "\(type(of: $0))" }))
  }
}
