import GoldenKit
import MoruCPU
import MoruData
import MoruGenerative
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruReference
import MoruTensors
import MoruTraining
import Testing

@Suite struct DreamTests {
  /// An untrained network of small colour pictures.
  private func network() async throws -> TrainedModel {
    let layers = Sequential {
      Rescaling(1.0 / 255)
      Conv2D(6, kernel: 3, padding: .same, activation: .relu, name: "early")
      MaxPooling2D(2)
      Conv2D(8, kernel: 3, padding: .same, activation: .relu, name: "late")
      GlobalAveragePooling2D()
      Dense(2, activation: .softmax)
    }
    let pictures = HostTensor(repeating: UInt8(90), shape: [4, 16, 16, 3])
    return try await layers.fit(
      Dataset(
        source: "pictures", features: [.init(values: pictures)],
        targets: .classes([0, 1, 0, 1], labels: ["a", "b"])),
      epochs: 1, optimizer: .sgd(learningRate: 0), loss: .sparseCategoricalCrossentropy, seed: 5)
  }

  private func picture(_ height: Int, _ width: Int, channels: Int = 3, seed: Seed) -> HostTensor {
    var generator = seed.generator
    return HostTensor(shape: [height, width, channels]) {
      (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for place in buffer.indices { buffer[place] = UInt8(generator.uniform() * 255) }
    }
  }

  private func activation(_ picture: HostTensor, _ model: TrainedModel) async throws -> Float {
    let features = try PictureFeatures(model, layers: ["late"])
    let floats = Tensor(picture.converted(to: .float32)).reshaped(
      to: Shape([1] + picture.shape.dimensions))
    return try await DeepDream.activation(of: features(floats)).value(on: .reference)
      .array(of: Float.self)[0]
  }

  @Test("a dream of another size than was learned from sees more, and is drawn again alike")
  func dream() async throws {
    let model = try await network()
    let photo = picture(25, 30, seed: 1)
    var dreams = DeepDream(layers: ["late"])
    dreams.steps = 5
    let dream = try await dreams(photo, by: model)
    #expect(dream.type == photo.type)
    #expect(try await activation(dream, model) > 1.5 * activation(photo, model))
    #expect(try await dream == dreams(photo, by: model))
    // The photo can still be made out: steps are short.
    let changes = try zip(photo.array(of: UInt8.self), dream.array(of: UInt8.self))
      .map { abs(Int($0) - Int($1)) }
    #expect(changes.reduce(0, +) / changes.count < 70)
  }

  @Test("the losses of style and variation have torch's values and gradients")
  func golden() async throws {
    let golden = try GoldenFile("generative", "style")
    let features = Tensor(try golden.tensor("features"))
    let gram = StyleTransfer.gram(features)
    let loss = square(gram - Tensor(try golden.tensor("wanted"))).mean()
    let picture = Tensor(try golden.tensor("picture"))
    let variation = StyleTransfer.variation(of: picture)
    let found: [(String, Tensor)] = [
      ("gram", gram), ("grad.features", gradients(of: loss, at: [features])[0]),
      ("grad.picture", gradients(of: variation, at: [picture])[0]),
      ("variation", variation.reshaped(to: [1])),
    ]
    for (name, tensor) in found {
      let values = try await tensor.value(on: .reference).array(of: Double.self)
      let wanted = try golden.tensor(name).array(of: Double.self)
      #expect(
        values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test("the loss falls, and with the weight of the content alone the picture stays")
  func style() async throws {
    let model = try await network()
    let (content, style) = (picture(12, 14, seed: 2), picture(20, 9, channels: 1, seed: 3))
    var transfer = StyleTransfer(contentLayers: ["late"], styleLayers: ["early", "late"])
    transfer.steps = 20
    let result = try await transfer(content, inStyleOf: style, by: model)
    #expect(result.picture.type == content.type && result.losses.count == 20)
    #expect(result.losses[19] < 0.5 * result.losses[0])
    transfer.styleWeight = 0
    transfer.variationWeight = 0
    let same = try await transfer(content, inStyleOf: style, by: model)
    #expect(same.picture == content)
  }

  @Test("what does not fit is refused")
  func refusals() async throws {
    let model = try await network()
    let photo = picture(16, 16, seed: 1)
    func message(_ body: () async throws -> HostTensor) async -> String {
      do {
        _ = try await body()
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      await message { try await DeepDream(layers: ["lat"])(photo, by: model) }.contains("late"))
    var dream = DeepDream(layers: ["late"])
    #expect(
      await message { try await dream(photo.converted(to: .float32), by: model) }
        == "The picture is f32[16, 16, 3], but must be u8[height, width, 3]. ImageFile.read makes such."
    )
    dream.scale = 1
    #expect(
      await message { try await dream(photo, by: model) }
        == "scale must be above 1, not 1.0. Change it.")
    var transfer = StyleTransfer(contentLayers: ["late"], styleLayers: [])
    transfer.styleWeight = -1
    #expect(
      await message { try await transfer(photo, inStyleOf: photo, by: model).picture }
        == "styleWeight must be at least 0, not -1.0. Change it.")
  }
}
