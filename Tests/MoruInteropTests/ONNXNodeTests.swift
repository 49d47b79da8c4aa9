import Foundation
import MoruArchive
import MoruCPU
import MoruGraph
import MoruInterop
import MoruLayers
import MoruTensors
import Testing

/// The node tests of the onnx package, which `scripts/test --interop` installs; none are committed.
@Suite(
  "Operators do what ONNX says", .serialized,
  .enabled(if: peersPython != nil, "scripts/test --interop installs ONNX and runs them"))
struct ONNXNodeTests {
  /// `docs/onnx.md` has the list; `scripts/write-onnx-coverage` writes it.
  @Test func thePageListsWhatPasses() async throws {
    try await withTemporaryFolder { folder in
      _ = try peers("onnx_files.py", "nodes", folder.path)
      let list = try String(contentsOf: folder.appending(path: "cases.tsv"), encoding: .utf8)
      var results: [ONNXNodeCase.Result] = []
      for line in list.split(whereSeparator: \.isNewline) {
        let test = try #require(ONNXNodeCase(String(line), in: folder))
        results.append(ONNXNodeCase.Result(test: test, problem: await test.problem()))
      }
      if let path = ProcessInfo.processInfo.environment["MORU_ONNX_RESULTS"] {
        let lines = results.map { "\($0.test.name)\t\($0.test.op)\t\($0.problem ?? "passes")" }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      }
      let page = ONNXCoveragePage(results)
      if ProcessInfo.processInfo.environment["MORU_WRITE_ONNX_COVERAGE"] != nil { try page.write() }
      #expect(try page.isCurrent(), "run scripts/write-onnx-coverage")
      #expect(results.count > 1500)
    }
  }
}

/// A node test: a model, what it is given and what comes out.
struct ONNXNodeCase {
  struct Result {
    let test: ONNXNodeCase
    /// Why it does not pass; nil if it does.
    let problem: String?
  }

  let name: String
  let op: String
  private let relative: Double
  private let absolute: Double
  private let reason: String
  private let folder: URL

  init?(_ line: String, in folder: URL) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 5, let relative = Double(fields[2]), let absolute = Double(fields[3])
    else { return nil }
    (name, op, reason) = (fields[0], fields[1], fields[4])
    (self.relative, self.absolute, self.folder) = (relative, absolute, folder)
  }

  /// Why the test does not pass.
  func problem() async -> String? {
    guard reason.isEmpty else { return reason }
    do {
      let arrays = try SafeTensors(opening: folder.appending(path: name + ".safetensors"))
        .tensors()
      func list(_ kind: String) -> [HostTensor] {
        (0..<arrays.count).compactMap { arrays["\(kind).\($0)"] }
      }
      let data = try Data(contentsOf: folder.appending(path: name + ".onnx"))
      let (graph, weights) = try ONNXFile.graph(data, name: name)
      let found = try await outputs(of: graph, weights, list("input"))
      let wanted = list("output")
      guard found.count == wanted.count else { return "wrong: \(found.count) outputs" }
      for (found, wanted) in zip(found, wanted) {
        if let difference = difference(found, wanted) { return "wrong: \(difference)" }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Runs a network. Inputs that it needs to know beforehand, such as shapes, are constants: whole
  /// numbers if that will do, otherwise all but the first, otherwise all.
  private func outputs(
    of graph: ONNXGraph, _ values: [String: HostTensor], _ inputs: [HostTensor]
  ) async throws -> [HostTensor] {
    let ways: [(Int, HostTensor) -> Bool] = [
      { _, _ in false }, { _, value in !value.dtype.isFloating }, { place, _ in place > 0 },
      { _, _ in true },
    ]
    var problem: (any Error)?
    for isConstant in ways {
      do {
        let tensors = inputs.enumerated().map { place, value in
          isConstant(place, value) ? Tensor(value) : .placeholder(value.type)
        }
        var weights = Weights(parameters: values.mapValues { Tensor($0) })
        weights.state = weights.parameters
        let outputs = graph(tensors, &weights)
        let given = zip(tensors, inputs).filter { $0.0.constant == nil }
        let program = try await CPUExecutor.cpu.compile(
          Graph(inputs: given.map(\.0), results: outputs))
        return try await program.run(given.map(\.1))
      } catch { problem = problem ?? error }
    }
    throw problem ?? CancellationError()
  }

  private func difference(_ found: HostTensor, _ wanted: HostTensor) -> String? {
    guard found.shape == wanted.shape else {
      return "the shape is \(found.shape), not \(wanted.shape)"
    }
    guard found.dtype == wanted.dtype else {
      return "elements are \(found.dtype), not \(wanted.dtype)"
    }
    guard let a = try? found.converted(to: .float64).array(of: Double.self),
      let b = try? wanted.converted(to: .float64).array(of: Double.self)
    else { return "no numbers" }
    for (a, b) in zip(a, b) {
      let isSame = a == b || (a.isNaN && b.isNaN)
      guard isSame || abs(a - b) <= absolute + relative * abs(b) else { return "\(a) for \(b)" }
    }
    return nil
  }
}
