import Foundation
import MoruArchive
import MoruGraph
import MoruInterop
import MoruLayers
import MoruModels
import MoruTensors
import MoruTraining
import Testing

/// What Tests/Golden/onnx_files.py wrote.
func onnxFile(_ name: String) -> URL { kerasFile("../onnx/\(name)").standardizedFileURL }

/// Models that PyTorch exported, and what ONNX Runtime predicts with them.
@Suite("Models of PyTorch are read")
struct ONNXPyTorchTests {
  static let names = ["mlp", "cnn", "lstm", "gru", "residual", "shapes", "attention"]

  private func values(_ name: String) throws -> (input: HostTensor, output: HostTensor) {
    let tensors = try SafeTensors(opening: onnxFile(name + ".safetensors")).tensors()
    return (try #require(tensors["input.0"]), try #require(tensors["output.0"]))
  }

  @Test("and predict the same", arguments: names)
  func predictions(name: String) async throws {
    let model = try ONNXFile.read(onnxFile(name + ".onnx"))
    let (input, wanted) = try values(name)
    let found = try await Predictor(model).predict([input])
    #expect(try relativeError(found[0], wanted) < 1e-5)
  }

  @Test("and saved like any other", arguments: names)
  func saved(name: String) async throws {
    let model = try ONNXFile.read(onnxFile(name + ".onnx"))
    let (input, _) = try values(name)
    try await withTemporaryFolder { folder in
      let path = folder.appending(path: "model.moru").path
      try model.save(path)
      let back = try TrainedModel.load(path)
      #expect(try await Predictor(back).predict([input]) == Predictor(model).predict([input]))
    }
  }

  @Test("with weights that training changes, by PyTorch's names")
  func weights() throws {
    let model = try ONNXFile.read(onnxFile("mlp.onnx"))
    #expect(
      model.weights.keys.sorted() == [
        "0.bias", "0.weight", "2.bias", "2.weight", "4.bias", "4.weight",
      ])
    #expect(model.declaration.parameterCount == 5 * 8 + 8 + 8 * 8 + 8 + 8 * 3 + 3)
    let frozen = try model.frozen("0.weight")
    #expect(frozen.declaration.parameterCount == model.declaration.parameterCount - 40)
  }

  @Test("with kernels where our convolutions have them, and nothing transposed between")
  func channels() throws {
    let model = try ONNXFile.read(onnxFile("residual.onnx"))
    #expect(model.weights["first.weight"]?.shape == [3, 3, 3, 8])
    let graph = try model.inferenceGraph(batch: 2)
    let transposed = graph.nodes.count { if case .transpose = $0.primitive { true } else { false } }
    #expect(transposed == 1, "pictures come with channels before height and width")
    let details = ImportDetails(brightest: 1)
    let pictures = try ONNXFile.read(onnxFile("residual.onnx"), details)
    #expect(pictures.signature.inputs[0].shape == [10, 10, 3])
    #expect(pictures.signature.inputs[0].content.image?.height == 10)
    let turned = try pictures.inferenceGraph(batch: 2).nodes.count {
      if case .transpose = $0.primitive { true } else { false }
    }
    #expect(turned == 0)
  }

  @Test("and become bases of other models, up to what their answers are made of")
  func bases() async throws {
    let whole = try ONNXFile.read(onnxFile("residual.onnx"), ImportDetails(brightest: 1))
    let base = try TransferBase(whole)
    #expect(base.blocks.count == 1)
    #expect(base.model.signature.outputs[0].shape == [8])
    #expect(base.model.weights.count == whole.weights.count - 2)
    let pictures = HostTensor(repeating: Float(0.5), shape: [1, 10, 10, 3])
    let features = try await Predictor(base.model).predict([pictures])[0]
    #expect(try features.array(of: Float.self).contains { $0 != 0 })
    let pixels = try base.model.layer.declaration(inputs: [TensorType(.uint8, [10, 10, 3])])
    #expect(pixels.outputs[0].dtype == .float32)
    let unknown = try message { _ = try TransferBase(whole, features: "secnd") }
    #expect(unknown.contains("secnd"))
  }

  @Test("with what their outputs mean")
  func meanings() throws {
    let model = try ONNXFile.read(
      onnxFile("residual.onnx"), ImportDetails(labels: ["가", "나", "다", "라"]))
    #expect(model.signature.outputs[0].meaning == .probabilities(labels: ["가", "나", "다", "라"]))
    #expect(
      try ONNXFile.read(onnxFile("cnn.onnx")).signature.outputs[0].meaning
        == .labelSet(labels: ["0", "1"]))
    #expect(try ONNXFile.read(onnxFile("lstm.onnx")).signature.inputs[0].dtype == .int64)
  }
}
