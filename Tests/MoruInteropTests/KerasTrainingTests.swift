import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruInterop
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import Testing

/// Keras trains three steps, Moru the fourth and Keras the fifth, as if Keras had done all of them.
@Suite("Training goes on in the other framework")
struct KerasTrainingTests {
  @Test(
    "with every optimizer, where Keras stopped and back",
    .enabled(if: peersPython != nil, "scripts/test --interop installs Keras and runs it"))
  func steps() async throws {
    try await withTemporaryFolder { folder in
      _ = try peers("keras_files.py", "train", folder.path)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      let names = files.filter { $0.hasSuffix(".safetensors") }
        .map { String($0.dropLast(".safetensors".count)) }
      #expect(names.count == 9)
      for name in names {
        let values = try SafeTensors(opening: folder.appending(path: name + ".safetensors"))
          .tensors()
        for format in ["keras", "h5"] {
          let (model, progress) = try await fourthStep(
            of: folder.appending(path: "\(name).\(format)"), values)
          #expect(progress.step == 4)
          for (path, value) in model.weights {
            let wanted = try #require(values["4.\(path)"])
            #expect(try relativeError(value, wanted) < 1e-5, "\(name).\(format): \(path)")
          }
          try KerasFile.write(
            model, to: folder.appending(path: "\(name)_4.\(format)"), progress: progress)
        }
      }
      let answers = try peers("keras_files.py", "go-on", folder.path)
      #expect(answers.count == 2 * names.count)
      for answer in answers {
        #expect(Double(answer.last ?? "") ?? .infinity <= 1e-5, "\(answer)")
      }
    }
  }

  private func fourthStep(
    of url: URL, _ values: [String: HostTensor]
  ) async throws -> (TrainedModel, OptimizerProgress) {
    let progress = try #require(try KerasFile.training(url))
    #expect(progress.step == 3)
    let handover = OptimizerHandover(progress)
    let (x, y) = (try #require(values["x"]), try #require(values["y"]))
    let samples = try Dataset(
      source: "samples", features: [.init(values: x)], targets: .tensor(y))
    let model = try await KerasFile.read(url).fit(
      samples, epochs: 1, batchSize: 8, optimizer: progress.optimizer, loss: .meanSquaredError,
      shuffle: false, callbacks: [handover])
    return (model, try #require(handover.progress))
  }

  @Test("and files keep what they are given", arguments: ["keras", "h5"])
  func files(format: String) async throws {
    let model = try KerasFile.read(kerasFile("trained.\(format)"))
    let progress = try #require(try KerasFile.training(kerasFile("trained.\(format)")))
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "again.\(format)")
      try KerasFile.write(model, to: file, progress: progress)
      let back = try #require(try KerasFile.training(file))
      #expect(back.step == progress.step)
      #expect(back.slots == progress.slots)
      #expect(back.optimizer as? Adam == progress.optimizer as? Adam)
      try KerasFile.write(model, to: file)
      #expect(try KerasFile.training(file) == nil)
    }
  }

  @Test("but not what Keras has no place for")
  func refused() async throws {
    let model = try KerasFile.read(kerasFile("trained.keras"))
    var progress = try #require(try KerasFile.training(kerasFile("trained.keras")))
    func says() async throws -> String {
      try await withTemporaryFolder { folder in
        let file = folder.appending(path: "again.keras")
        let progress = progress
        return try message { try KerasFile.write(model, to: file, progress: progress) }
      }
    }
    let adam = progress.optimizer
    progress.optimizer = adam.averaging()
    #expect(try await says().contains("without its progress"))
    progress.optimizer = Lion()
    #expect(try await says().contains("without its progress"))
    progress.optimizer = adam
    progress.slots["dense/kernel"] = nil
    #expect(try await says().contains("nothing for \"dense/kernel\""))
  }
}
