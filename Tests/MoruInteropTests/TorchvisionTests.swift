import Foundation
import MoruArchive
import MoruInterop
import MoruModels
import MoruTensors
import MoruWorkflow
import Testing

/// Whether other frameworks include torchvision, which `scripts/test --interop` does not install: with
/// PyTorch it is several GB.
private let hasTorchvision =
  peersPython.map { python in
    let lib = python.deletingLastPathComponent().appending(path: "../lib").standardizedFileURL
    let versions = try? FileManager.default.contentsOfDirectory(atPath: lib.path)
    return (versions ?? []).contains {
      FileManager.default.fileExists(
        atPath: lib.appending(path: "\($0)/site-packages/torchvision").path)
    }
  } ?? false

@Suite(
  "Networks of torchvision are read",
  .enabled(if: hasTorchvision, "MORU_PEERS_VENV names no environment with torchvision"))
struct TorchvisionTests {
  @Test("from what the safetensors package wrote, and predict the same")
  func predictions() async throws {
    try await withTemporaryFolder { folder in
      _ = try peers("torch_files.py", folder.path)
      for name in ["ResNet18", "MobileNetV2", "SqueezeNet1_1", "EfficientNetB0"] {
        let values = try SafeTensors(
          opening: folder.appending(path: "\(name).values.safetensors")
        ).tensors()
        let labels = (1...7).map { "kind \($0)" }
        let model = try NetworkFile.read(
          folder.appending(path: "\(name).safetensors"), network: name,
          ImportDetails(inputShapes: [[64, 64, 3]], labels: labels))
        #expect(model.signature.outputs[0].meaning == .probabilities(labels: labels))
        let input = try #require(values["input.0"])
        let wanted = try #require(values["output.0"])
        let found = try await Predictor(model).predict([input])[0]
        #expect(try relativeError(found, wanted) < 1e-5, "\(name)")
      }
    }
  }
}
