import Foundation
import MoruArchive
import MoruInterop
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import Testing

/// What a file says besides predictions.
@Suite("Details of Keras's files")
struct KerasDetailTests {
  @Test func outputsMeanWhatTheirFunctionsSay() throws {
    let digits = try KerasFile.read(
      kerasFile("mlp.keras"), .init(labels: ["하나", "둘", "셋"]))
    #expect(
      digits.signature.outputs.map(\.meaning) == [.probabilities(labels: ["하나", "둘", "셋"])])
    let branches = try KerasFile.read(kerasFile("branches.keras"))
    #expect(branches.signature.inputs.map(\.name) == ["left", "right"])
    #expect(
      branches.signature.outputs.map(\.meaning) == [
        .probabilities(labels: ["0", "1", "2"]), .value(name: "dot", unit: nil),
      ])
    let old = try KerasFile.read(kerasFile("functional_2.h5"))
    #expect(old.signature.outputs.map(\.meaning) == [.probability(labels: ["0", "1"])])
  }

  @Test func picturesAreTakenIfWhiteIsKnown() throws {
    let numbers = try KerasFile.read(kerasFile("sequential_2.h5"))
    #expect(numbers.signature.inputs[0].content.image == nil)
    let pictures = try KerasFile.read(kerasFile("sequential_2.h5"), .init(brightest: 1))
    let image = try #require(pictures.signature.inputs[0].content.image)
    #expect((image.height, image.width, image.channels) == (8, 8, 1))
    #expect(image.brightest == 1)
  }

  @Test func frozenLayersStayFrozen() throws {
    let model = try KerasFile.read(kerasFile("branches.keras"))
    let frozen = model.declaration.weights.filter { !$0.isTrainable }.map(\.path)
    #expect(
      Set(frozen) == [
        "inner/dense/kernel", "inner/dense/bias", "inner/batch_normalization/gamma",
        "inner/batch_normalization/beta", "inner/batch_normalization/moving_mean",
        "inner/batch_normalization/moving_variance",
      ])
  }

  @Test func settingsOfTrainingSurvive() throws {
    let model = try KerasFile.read(kerasFile("mlp.keras"))
    let layers = try #require((model.layer as? Sequential)?.layers)
    let first = try #require(layers[0] as? Dense)
    #expect((first.kernel.regularizer as? L2)?.factor == 0.01)
    #expect((layers[1] as? Dropout)?.rate == 0.25)
    let second = try #require(layers[2] as? Dense)
    #expect(second.activation == .silu)
    #expect((second.kernel.constraint as? MaxNorm)?.maxValue == 2)
  }

  @Test(arguments: ["trained.keras", "trained.h5"])
  func theOptimizersStateIsRead(file: String) throws {
    let training = try #require(try KerasFile.training(kerasFile(file)))
    let adam = try #require(training.optimizer as? Adam)
    #expect(adam.beta2 == 0.999)
    #expect(training.step == 6)
    let root = try HDF5File.read(kerasFile("trained.h5"))
    let slots = try #require(root.group("optimizer_weights/adam"))
    #expect(training.slots.count == 4)
    for (path, own) in training.slots {
      let name = "trained_" + path.replacing("/", with: "_")
      let kept = ["_momentum", "_velocity"].compactMap { slots.tensor(name + $0) }
      #expect(own == kept)
    }
  }

  @Test func modelsWithoutTrainingHaveNone() throws {
    #expect(try KerasFile.training(kerasFile("mlp.keras")) == nil)
    #expect(try KerasFile.training(kerasFile("sequential_2.h5")) == nil)
  }

  @Test func weightsAreReadByName() throws {
    let model = try KerasFile.read(kerasFile("trained.keras"))
    let named = try WeightFile.read(kerasFile("trained.h5"))
    #expect(named == model.weights)
    let placed = try WeightFile.read(kerasFile("trained.weights.h5"))
    let name = model.weights.keys.sorted().first { $0.hasSuffix("kernel") }
    #expect(placed["layers/dense/vars/0"] == name.flatMap { model.weights[$0] })
    let tensors = try WeightFile.read(kerasFile("trained.safetensors"))
    #expect(tensors.keys.sorted() == ["input.0", "output.0"])
    let arrays = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../MoruDataTests/Fixtures/numpy/stored.npz").standardizedFileURL
    #expect(try !WeightFile.read(arrays).isEmpty)
  }
}
