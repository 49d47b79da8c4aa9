import Foundation
import MoruCPU
import MoruGraph
import MoruReference
import MoruTensors
import Testing

/// A folder that goes away with the test.
private final class CacheFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: url) }

  var files: [URL] {
    ((try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? [])
      .filter { $0.pathExtension == "json" }
  }
}

/// Runs a training step and gives what it answers and which kernels it used.
private func train(
  _ folder: CacheFolder?, threads: Int = 1
) async throws -> (results: [HostTensor], kernels: [String]) {
  let executor = CPUExecutor(threads: threads, tuningFolder: folder?.url)
  let (graph, state) = try TestModel.perceptron.trainingGraph(batch: 1)
  let resident = try await executor.place(executor.values(of: state.leaves))
  let program = try await executor.compile(graph, resident: resident)
  _ = try await program.run(TestModel.perceptron.batch(1, step: 0))
  let kernels = try await executor.explanation(of: program).steps.map(\.implementation)
  return (try await executor.read(resident), kernels)
}

@Suite struct TuningTests {
  @Test func choicesAreKeptAndRepeatTheirBits() async throws {
    let folder = CacheFolder()
    let first = try await train(folder)
    let file = try #require(folder.files.first)
    let kept = try Data(contentsOf: file)
    let text = String(decoding: kept, as: UTF8.self)
    #expect(text.contains("product 1×1×17×10"))
    for name in ["processor", "instructionSet", "threads", "dnnl", "moru"] {
      #expect(text.contains("\"\(name)\""))
    }
    let second = try await train(folder)
    #expect(second.kernels == first.kernels)
    #expect(zip(first.results, second.results).allSatisfy(sameBits))
    #expect(try Data(contentsOf: file) == kept)
    // Another number of threads has choices of its own.
    _ = try await train(folder, threads: 2)
    #expect(folder.files.count == 2)
  }

  @Test func keptChoicesDecide() async throws {
    let folder = CacheFolder()
    _ = try await train(folder)
    let file = try #require(folder.files.first)
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    for (place, isOwn) in [("0", true), ("1", false)] {
      try Data(text.replacing(/"choice":\d/, with: "\"choice\":\(place)").utf8).write(to: file)
      let dots = try await train(folder).kernels.filter {
        $0.contains("brg") || $0.contains("gemm")
      }
      #expect(dots.isEmpty == isOwn)
    }
  }

  @Test(
    arguments: [
      "", "{", "[1]", #"{"environment":{},"choices":[]}"#,
      #"{"choices":[{"choice":-3,"key":"product"}],"environment":7}"#,
    ])
  func damagedFilesAreDoneWithout(content: String) async throws {
    let folder = CacheFolder()
    let first = try await train(folder)
    let file = try #require(folder.files.first)
    try Data(content.utf8).write(to: file)
    let second = try await train(folder)
    for (a, b) in zip(first.results, second.results) { try expectClose(b, a, tolerance: 1e-5) }
    #expect(try Data(contentsOf: file).count > content.utf8.count)
  }

  @Test func choicesOfAnotherMachineAreIgnored() async throws {
    let folder = CacheFolder()
    _ = try await train(folder)
    let file = try #require(folder.files.first)
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let foreign = text.replacing(/"choice":\d/, with: "\"choice\":1")
      .replacing(/"processor":"[^"]*"/, with: "\"processor\":\"another\"")
    try Data(foreign.utf8).write(to: file)
    _ = try await train(folder)
    let written = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(!written.contains("\"another\""))
  }

  @Test func withoutTrialsNothingIsReadOrWritten() async throws {
    let folder = CacheFolder()
    _ = try await train(nil)
    #expect(folder.files.isEmpty)
    let (first, second) = (try await train(nil), try await train(nil))
    #expect(zip(first.results, second.results).allSatisfy(sameBits))
  }
}
