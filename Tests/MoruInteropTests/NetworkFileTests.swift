import Foundation
import GoldenKit
import MoruArchive
import MoruInterop
import MoruLayers
import MoruModels
import MoruTensors
import MoruWorkflow
import MoruZoo
import Testing

/// Weights by our own names, of a LeNet5 of four classes.
@Suite("Weights of a known network by its own names")
struct NetworkFileTests {
  private static func network() throws -> Model { try Architecture.leNet5(classes: 4) }

  /// What `read` makes of a file of LeNet5's weights and some other tensors.
  private func reading<R>(
    besides others: [String] = [], _ read: (URL) throws -> R
  ) async throws -> R {
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "lenet.safetensors")
      let weights = try NamedValues.weights(of: Self.network())
      try SafeTensors.write(
        weights.merging(others.map { ($0, HostTensor([1, 2] as [Float])) }) { own, _ in own },
        to: url)
      return try read(url)
    }
  }

  @Test("makes the network with its number of classes")
  func whole() async throws {
    let network = try Self.network()
    let model = try await reading(besides: ["normalization/count"]) {
      try NetworkFile.read($0, network: "LeNet5")
    }
    #expect(model.signature.outputs[0].shape == [4])
    let weights = try NamedValues.weights(of: network)
    #expect(model.weights == weights)
    let picture = try NamedValues.picture([32, 32, 1], offset: 127, factor: 127)
    let wanted = try await Predictor(TrainedModel(network, weights: weights)).predict([picture])
    #expect(try await Predictor(model).predict([picture]) == wanted)
  }

  @Test("makes the network without its top, whose weights are left out")
  func features() async throws {
    let model = try await reading {
      try NetworkFile.features($0, network: "LeNet5", inputShape: [16, 20, 1])
    }
    #expect(model.signature.outputs[0].shape == [1, 2, 16])
    #expect(Set(model.weights.keys) == ["c1/kernel", "c1/bias", "c3/kernel", "c3/bias"])
  }

  @Test("is refused where some of it is another network's")
  func strangers() async throws {
    let refusal = ZooError.leftOver(["block3_conv4/bias", "block3_conv4/kernel"])
    let others = ["block3_conv4/kernel", "block3_conv4/bias"]
    await #expect(throws: refusal) {
      try await reading(besides: others) { _ = try NetworkFile.read($0, network: "LeNet5") }
    }
    await #expect(throws: refusal) {
      try await reading(besides: others) {
        _ = try NetworkFile.features($0, network: "LeNet5", inputShape: [32, 32, 1])
      }
    }
  }
}
