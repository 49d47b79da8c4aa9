import GoldenKit
import MoruArchive
import MoruCPU
import MoruGraph
import MoruMetrics
import MoruReference
import MoruTensors
import Testing

@Suite("Metrics agree with Keras") struct GoldenMetricTests {
  @Test("in Float64", arguments: GoldenFile.names(in: "metrics"))
  func float64(name: String) async throws {
    let golden = try GoldenMetricCase(GoldenFile("metrics", name), as: .float64)
    #expect(try await golden.error(on: ReferenceExecutor()) <= 1e-6)
  }

  @Test("in Float32, on both executors", arguments: GoldenFile.names(in: "metrics"))
  func float32(name: String) async throws {
    let golden = try GoldenMetricCase(GoldenFile("metrics", name), as: .float32)
    let slow = try await golden.value(on: ReferenceExecutor())
    let fast = try await golden.value(on: CPUExecutor.shared)
    for value in [slow, fast] {
      #expect(abs(value - golden.expected) <= 1e-5 * abs(golden.expected), "\(golden.expected)")
    }
  }

  @Test("every metric has golden values")
  func coverage() throws {
    let kinds = try GoldenFile.names(in: "metrics").map { name in
      type(of: try GoldenMetricCase(GoldenFile("metrics", name), as: .float32).metric).kind
    }
    // A name alone computes nothing.
    #expect(Set(kinds) == Set(metricCatalog.map { type(of: $0).kind }).subtracting(["named"]))
  }
}
