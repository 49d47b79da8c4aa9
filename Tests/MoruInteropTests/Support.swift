import Foundation
import MoruArchive
import MoruInterop
import MoruModels
import MoruTensors
import Testing

/// What Tests/Golden/keras_files.py wrote.
func kerasFile(_ name: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/keras/\(name)").standardizedFileURL
}

/// Inputs and what Keras predicts of them.
struct KerasValues {
  let inputs: [HostTensor]
  let outputs: [HostTensor]

  init(_ name: String) throws {
    let tensors = try SafeTensors(opening: kerasFile(name + ".safetensors")).tensors()
    func list(_ kind: String) -> [HostTensor] {
      (0..<tensors.count).compactMap { tensors["\(kind).\($0)"] }
    }
    inputs = list("input")
    outputs = list("output")
  }
}

/// The greatest difference over the greatest value: 0.0 for the same numbers.
func relativeError(_ found: HostTensor, _ wanted: HostTensor) throws -> Double {
  try #require(found.shape == wanted.shape)
  let found = try found.converted(to: .float64).array(of: Double.self)
  let wanted = try wanted.converted(to: .float64).array(of: Double.self)
  let scale = wanted.map(abs).max() ?? 1
  return (zip(found, wanted).map { abs($0 - $1) }.max() ?? 0) / max(scale, 1e-30)
}

/// The greatest error of a model's predictions.
func error(of model: TrainedModel, against values: KerasValues) async throws -> Double {
  let outputs = try await Predictor(model).predict(values.inputs)
  try #require(outputs.count == values.outputs.count)
  return try zip(outputs, values.outputs).map { try relativeError($0, $1) }.max() ?? 0
}

/// What an error says.
func message(_ body: () throws -> Void) throws -> String {
  let error = #expect(throws: (any Error).self) { try body() }
  return "\(try #require(error))"
}

/// Writes a model, inputs and what it predicts of them for `onnx_files.py check`.
func writeForRuntime(
  _ model: TrainedModel, _ inputs: [HostTensor], _ outputs: [HostTensor], as title: String,
  in folder: URL, operatorSet: Int = 17
) throws {
  try ONNXFile.write(
    model, to: folder.appending(path: title + ".onnx"), operatorSet: operatorSet)
  let named =
    inputs.enumerated().map { ("input.\($0)", $1) }
    + outputs.enumerated().map { ("output.\($0)", $1) }
  try SafeTensors.write(
    Dictionary(uniqueKeysWithValues: named), to: folder.appending(path: title + ".safetensors"))
}

/// A folder that is there for one test.
func withTemporaryFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
  let folder = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
