import GoldenKit
import MoruArchive
import MoruGraph
import MoruOptimizers
import MoruReference
import MoruTensors
import TestKit
import Testing

@Suite("Optimizers agree with Keras and the papers") struct GoldenOptimizerTests {
  @Test("every optimizer and schedule has golden values")
  func files() throws {
    #expect(GoldenFile.names(in: "training").count >= 2)
    func classes(_ folder: String) throws -> Set<String> {
      Set(try GoldenFile.names(in: folder).map { try GoldenFile(folder, $0).className })
    }
    #expect(
      try Set(classes("optimizers").map { $0.lowercased() })
        == Set(optimizerCatalog.map { type(of: $0).kind }))
    let schedules = Set(scheduleCatalog.map { "\(type(of: $0))" })
    #expect(try classes("schedules") == schedules.subtracting(["OneCycle"]).union(["OneCycleLR"]))
  }

  @Test("in Float64", arguments: GoldenFile.names(in: "optimizers"))
  func float64(name: String) async throws {
    try await compare(try GoldenFile("optimizers", name), as: .float64, tolerance: 1e-9)
  }

  @Test("in Float32", arguments: GoldenFile.names(in: "optimizers"))
  func float32(name: String) async throws {
    try await compare(try GoldenFile("optimizers", name), as: .float32, tolerance: 1e-5)
  }

  /// Ten steps over given gradients, with parameters and moments kept on the executor.
  private func compare(_ file: GoldenFile, as dtype: DType, tolerance: Double) async throws {
    let golden = try GoldenOptimizerCase(file)
    let found = try await golden.values(as: dtype, on: .reference)
    #expect(Set(found.keys) == ["kernel", "bias"])
    for (name, steps) in found {
      let wanted = try #require(golden.expected[name])
      for (index, value) in steps.enumerated() {
        let wanted = try row(index, of: wanted).converted(to: dtype)
        #expect(
          difference(value, from: wanted, tolerance: tolerance) == nil, "\(name), step \(index + 1)"
        )
      }
    }
  }
}
