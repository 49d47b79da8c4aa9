import Foundation
import MoruInterop
import MoruLayers
import MoruModels
import MoruTensors
import Testing

/// Models that are written for Keras come back as they were; that Keras reads them is for
/// KerasRoundTripTests.
@Suite("Writing Keras's files")
struct KerasWritingTests {
  @Test(
    arguments: ["keras", "h5"],
    [
      "mlp.keras", "cnn.keras", "sequence.keras", "branches.keras", "attention.keras", "deep.keras",
      "functional_2.h5",
    ])
  func modelsComeBackAsTheyWere(format: String, name: String) async throws {
    // Attention of many heads is for Keras 3 alone.
    guard format == "keras" || name != "attention.keras" else { return }
    let model = try KerasFile.read(kerasFile(name))
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "모델.\(format)")
      try KerasFile.write(model, to: url)
      let again = try KerasFile.read(url)
      #expect(again.weights == model.weights)
      #expect(again.signature == model.signature)
      let values = try KerasValues(name.split(separator: ".").map(String.init)[0])
      let first = try await Predictor(model).predict(values.inputs)
      #expect(try await Predictor(again).predict(values.inputs) == first)
      let bytes = try Data(contentsOf: url)
      try KerasFile.write(again, to: url)
      #expect(try Data(contentsOf: url) == bytes)
    }
  }
}
