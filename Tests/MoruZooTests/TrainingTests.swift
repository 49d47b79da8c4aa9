import GoldenKit
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruOptimizers
import MoruTensors
import MoruTraining
import MoruZoo
import Testing

@Suite("training known networks")
struct TrainingTests {
  /// One of each kind of block, the smallest. VGG and AlexNet have none of their own.
  private static let members: [Architecture] = [
    .leNet5, .inceptionV3, .resNet18, .resNet50V2, .xception, .mobileNet, .mobileNetV2,
    .mobileNetV3Small, .squeezeNet1, .denseNet121, .efficientNetB0, .efficientNetV2S,
    .convNeXtTiny, .uNet, .viTS16, .gptSmall,
  ]

  @Test("each family is trained", arguments: members.indices)
  func steps(_ place: Int) async throws {
    let network = Self.members[place]
    let size = max(network.smallest, 32)
    let isText = network.inputType == .int32
    let shape: Shape = isText ? [8] : [size, size, network.inputShape[2]]
    let model = try network(inputShape: shape, classes: 3)
    let declaration = try model.declaration(inputs: model.inputs)
    let output = declaration.outputs[0].shape
    // As `fit` draws them.
    let before = declaration.initialValues(seed: Seed(1).child("weights"))
    let pixels = try NamedValues.picture(shape, count: 4, offset: 127.5, factor: 127.5)
    let features =
      isText ? try HostTensor([Int32](0..<32).map { $0 % 3 }, shape: [4, 8]) : pixels
    let places = Shape([4] + output.dimensions.dropFirst().dropLast())
    let answers = (0..<places.elementCount).map { Int32($0 % 3) }
    let data = try Dataset(
      source: network.name, features: [Dataset.Feature(values: features)],
      targets: .tensor(HostTensor(answers, shape: places)))
    let trained = try await model.fit(
      data, epochs: 2, batchSize: 4, optimizer: .adam(learningRate: 1e-3),
      loss: .sparseCategoricalCrossentropy, seed: 1)
    let losses = trained.training?.epochs.compactMap { $0.figures["loss"] } ?? []
    #expect(losses.count == 2 && losses.allSatisfy(\.isFinite), "\(network.name): \(losses)")
    let same = declaration.weights.filter { trained.weights[$0.path] == before[$0.path] }
    #expect(same.isEmpty, "\(network.name): \(same.map(\.path))")
    let values = try trained.weights.values.map { try $0.array(of: Float.self) }
    #expect(values.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(network.name)")
  }
}
