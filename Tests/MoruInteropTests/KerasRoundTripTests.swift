import Foundation
import MoruArchive
import MoruInterop
import MoruModels
import MoruTensors
import Testing

/// Keras itself reads what Moru wrote and predicts the same.
///
/// Keras is more than 1 GB of Python that a build of Moru needs nothing of: `scripts/test --interop` installs it
/// and runs these tests, in `.ci/run` too. The goldens that Keras wrote are read in every run.
@Suite(
  "Keras reads Moru's files",
  .enabled(if: peersPython != nil, "scripts/test --interop installs Keras and runs them"))
struct KerasRoundTripTests {
  private static let models = [
    "mlp.keras", "cnn.keras", "sequence.keras", "branches.keras", "attention.keras", "deep.keras",
    "sequential_2.h5", "functional_2.h5",
  ]

  @Test func kerasPredictsTheSame() async throws {
    try await withTemporaryFolder { folder in
      for format in ["keras", "h5"] {
        for name in Self.models where format == "keras" || name != "attention.keras" {
          let model = try KerasFile.read(kerasFile(name))
          let title = name.split(separator: ".").map(String.init)[0]
          try await write(model, KerasValues(title).inputs, to: folder, as: "\(title).\(format)")
        }
        for kind in KerasLayerSample.kinds(for: format) {
          let sample = try KerasLayerSample(kind, for: format, isRun: true)
          try await write(sample.model, sample.values(), to: folder, as: "\(kind).\(format)")
        }
      }
      let answers = try check(folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(2 * answers.count == files.count, "a model and its values for each answer")
      for (name, answer) in answers {
        let tolerance = name.hasPrefix("deep.") ? 1e-5 : 1e-6
        #expect(Double(answer) ?? .infinity <= tolerance, "\(name): \(answer)")
      }
    }
  }

  /// A model, what it is given, and what it predicts.
  private func write(
    _ model: TrainedModel, _ inputs: [HostTensor], to folder: URL, as name: String
  ) async throws {
    try KerasFile.write(model, to: folder.appending(path: name))
    let outputs = try await Predictor(model).predict(inputs)
    let named =
      inputs.enumerated().map { ("input.\($0)", $1) }
      + outputs.enumerated().map { ("output.\($0)", $1) }
    try SafeTensors.write(
      Dictionary(uniqueKeysWithValues: named), to: folder.appending(path: name + ".safetensors"))
  }

  /// What Keras says of each model in a folder: its greatest error, or why it cannot be read.
  private func check(_ folder: URL) throws -> [(name: String, answer: String)] {
    try peers("keras_files.py", "check", folder.path).compactMap {
      $0.count == 2 ? ($0[0], $0[1]) : nil
    }
  }
}
