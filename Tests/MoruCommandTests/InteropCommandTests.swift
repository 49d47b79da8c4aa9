import Foundation
import MoruArchive
import MoruLayers
import MoruTensors
import MoruZoo
import Testing

private func goldenFile(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/\(name)").standardizedFileURL.path
}

/// What Tests/Golden/keras_files.py wrote.
private func kerasFile(_ name: String) -> String { goldenFile("keras/\(name)") }

@Test func anOldModelIsServedAndGoesBackToKeras() async throws {
  let folder = try TestFolder()
  let imported = try await folder.run(
    "models", "import", kerasFile("sequential_2.h5"), "--name", "digits", "--brightest", "1")
  #expect(imported.code == 0)
  #expect(
    imported.output == """
      digits:1 registered: 418 parameters.
        takes input: a picture (8 × 8) or numbers f32[batch, 8, 8, 1]

      """)
  let again = try await folder.run(
    "models", "import", kerasFile("sequential_2.h5"), "--name", "digits", "--brightest", "1")
  #expect(again.output.hasPrefix("digits:1 is this model already; nothing was registered."))
  let row = [Double](repeating: 0.5, count: 8).map { [$0] }
  let picture = "\([[[Double]]](repeating: row, count: 8))"
  let predicted = try await folder.run("predict", "digits", picture, "--json")
  #expect(predicted.code == 0)
  let exported = try await folder.run("models", "export", "digits", "새.keras")
  #expect(exported.output == "digits:1 written to 새.keras\n")
  #expect(try await folder.run("models", "import", "새.keras", "--brightest", "1").code == 0)
  let same = try await folder.run("predict", "새", picture, "--json")
  #expect(
    same.output.replacing("새:1", with: "digits:1") == predicted.output)
  let shown = try await folder.run("models", "show", "digits")
  #expect(shown.output.contains("imported from sequential_2.h5"))
}

@Test func anImportedModelIsJudgedWithoutARecordOfItsTraining() async throws {
  let folder = try TestFolder()
  let imported = try await folder.run(
    "models", "import", goldenFile("onnx/residual.onnx"), "--name", "parts", "--brightest", "1",
    "--labels", "bolt,nut,screw,washer")
  #expect(imported.code == 0)
  for label in ["bolt", "nut"] {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "test/\(label)"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../MoruDataTests/Fixtures/rgb.png").standardizedFileURL,
      to: folder.url.appending(path: "test/\(label)/1.png"))
  }
  let judged = try await folder.run("evaluate", "parts", "test")
  #expect(judged.code == 0 && judged.output.hasPrefix("parts:1 on test, 2 samples"))
  let shown = try await folder.run("models", "show", "parts")
  #expect(shown.output.contains("ONNXGraph"))
}

@Test func whatKerasSavedAndMoruHasNotIsOneLine() async throws {
  let folder = try TestFolder()
  let refused = try await folder.run("models", "import", kerasFile("lambda.keras"))
  #expect(refused.code == 1)
  #expect(refused.errorLine.hasPrefix("moru: \"twice\" is a layer of the kind Lambda"))
  let open = try await folder.run("models", "import", kerasFile("open.keras"))
  #expect(open.errorLine.hasSuffix("State the sizes, on the command line by --input-shape."))
  let stated = try await folder.run(
    "models", "import", kerasFile("open.keras"), "--input-shape", "5,3", "--name", "walk")
  #expect(stated.code == 0)
  let wrong = try await folder.run(
    "models", "import", kerasFile("open.keras"), "--input-shape", "5,x")
  #expect(wrong.code == 2)
  let format = try await folder.run("models", "export", "walk", "walk.pt")
  #expect(
    format.errorLine
      == "moru: walk.pt is named like no format that is known. Name it .keras, .h5 or .onnx.")
  let shared = try await folder.run("models", "import", kerasFile("trained.weights.h5"))
  #expect(shared.errorLine.hasPrefix("moru: trained.weights.h5 holds weights without a model."))
}

@Test func weightsOfAKnownNetworkBecomeAModel() async throws {
  let folder = try TestFolder()
  let network = try Architecture.leNet5(classes: 4)
  let weights = try network.declaration(inputs: network.inputs).initialValues(seed: Seed(3))
  try SafeTensors.write(weights, to: folder.url.appending(path: "lenet.safetensors"))
  let nameless = try await folder.run("models", "import", "lenet.safetensors")
  #expect(nameless.code == 2)
  #expect(nameless.errorLine.contains("Name their network by --network"))
  let imported = try await folder.run(
    "models", "import", "lenet.safetensors", "--network", "lenet5", "--labels", "a,b,c,d")
  #expect(
    imported.output == """
      lenet:1 registered: 61196 parameters.
        takes input: a picture (32 × 32) or numbers f32[batch, 32, 32, 1]

      """)
  let row = [Double](repeating: 200, count: 32).map { [$0] }
  let predicted = try await folder.run(
    "predict", "lenet", "\([[[Double]]](repeating: row, count: 32))", "--json")
  #expect(predicted.code == 0)
  let unknown = try await folder.run(
    "models", "import", "lenet.safetensors", "--network", "LeNet6")
  #expect(unknown.errorLine.contains("Did you mean \"LeNet5\"?"))
  let other = try await folder.run(
    "models", "import", "lenet.safetensors", "--network", "SqueezeNet1_1")
  #expect(other.code == 1)
}
