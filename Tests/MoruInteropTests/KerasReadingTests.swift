import Foundation
import MoruInterop
import MoruModels
import MoruTensors
import Testing

/// Models that Keras saved give Keras's numbers.
@Suite("Reading Keras's files")
struct KerasReadingTests {
  @Test(arguments: [
    ("mlp.keras", "mlp"), ("mlp.h5", "mlp"), ("cnn.keras", "cnn"), ("cnn.h5", "cnn"),
    ("sequence.keras", "sequence"), ("sequence.h5", "sequence"), ("branches.keras", "branches"),
    ("branches.h5", "branches"), ("attention.keras", "attention"),
    ("trained.keras", "trained"), ("trained.h5", "trained"),
    ("sequential_2.h5", "sequential_2"), ("recurrent_2.h5", "recurrent_2"),
    ("functional_2.h5", "functional_2"),
  ])
  func predictionsAreKerass(file: String, values: String) async throws {
    let model = try KerasFile.read(kerasFile(file))
    let error = try await error(of: model, against: KerasValues(values))
    #expect(error <= 1e-6)
  }

  @Test func predictionsOfDeepModelsAreKerass() async throws {
    let model = try KerasFile.read(kerasFile("deep.keras"))
    let error = try await error(of: model, against: KerasValues("deep"))
    #expect(error <= 1e-5)
  }
}
