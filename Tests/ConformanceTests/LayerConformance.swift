import Foundation
import GoldenKit
import MoruCPU
import MoruGraph
import MoruLayers
import MoruReference
import MoruTensors

/// The rows of the layers.
enum LayerConformance {
  static func section() async throws -> ConformanceSection {
    var golden: [String: [GoldenFile]] = [:]
    for name in GoldenFile.names(in: "layers") {
      let file = try GoldenFile("layers", name)
      golden[file.className, default: []].append(file)
    }
    // Cells are proven by the walks that are made with them.
    golden["StackedRNNCells"] = golden["RNN"]
    var rows: [ConformanceRow] = []
    for kind in LayerCatalog.standard.kinds.keys.sorted() {
      let files =
        golden[kind] ?? golden[String(kind.dropLast(4))].flatMap {
          kind.hasSuffix("Cell") ? $0 : nil
        } ?? []
      rows.append(try await row(kind, files))
    }
    return ConformanceSection(
      title: "Layers", columns: ["Cases", "Gradient", "Saved", "CPU"], rows: rows)
  }

  private static func row(_ kind: String, _ files: [GoldenFile]) async throws -> ConformanceRow {
    var (error, ours, gradients) = (0.0, 0.0, 0)
    for file in files {
      let golden = try GoldenLayerCase(file, as: .float32)
      error = max(error, try await golden.error(on: ReferenceExecutor()))
      ours = max(ours, try await golden.error(on: CPUExecutor.shared))
      if golden.expected.keys.contains(where: { $0.hasPrefix("grad.") }) { gradients += 1 }
    }
    if files.isEmpty { ours = try await sampleError(kind) }
    let cases = files.isEmpty ? "—" : "\(files.count)"
    return ConformanceRow(
      name: kind,
      cells: [
        cases, gradients > 0 ? "yes" : "—", try isSaved(kind) ? "yes" : "no",
        ours <= 1e-5 ? "yes" : "no",
      ],
      error: files.isEmpty ? nil : error)
  }

  /// How far the CPU executor is from the reference for the sample of a kind, in training, with the
  /// same random numbers.
  private static func sampleError(_ kind: String) async throws -> Double {
    guard let layer = LayerSamples.layer(of: kind) else { return .infinity }
    let types = LayerSamples.inputs(of: kind)
    let samples = types.map { TensorType($0.dtype, Shape(Array($0.shape.dropFirst()))) }
    let declaration = try layer.declaration(inputs: samples)
    let scope = Scope(
      weights: try declaration.weights(from: declaration.initialValues(seed: 1)),
      seed: Tensor(HostTensor([1, 2] as [Int64])))
    let inputs = types.map { type in
      let numbers = (0..<type.shape.elementCount).map { Float($0 * 37 % 101) / 50 - 1 }
      return Tensor(HostTensor(numbers).converted(to: type.dtype)).reshaped(to: type.shape)
    }
    let outputs = scope.draw(layer, inputs)
    let expected = try await ReferenceExecutor().values(of: outputs)
    let found = try await CPUExecutor.shared.values(of: outputs)
    return try zip(found, expected).map { try relativeError($0, $1) }.max() ?? .infinity
  }

  /// Whether the sample of a kind is the same file after it was read.
  private static func isSaved(_ kind: String) throws -> Bool {
    guard let sample = LayerSamples.layer(of: kind) else { return false }
    func file(_ layer: any Layer) throws -> Data {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      encoder.userInfo = LayerCatalog.standard.userInfo
      return try encoder.encode(LayerBox(layer))
    }
    let decoder = JSONDecoder()
    decoder.userInfo = LayerCatalog.standard.userInfo
    let first = try file(sample)
    return try file(decoder.decode(LayerBox.self, from: first).layer) == first
  }
}
