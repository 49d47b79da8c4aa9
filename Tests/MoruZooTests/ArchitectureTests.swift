import Foundation
import MoruGraph
import MoruLayers
import MoruTensors
import MoruZoo
import Testing

@Suite("asking for networks")
struct ArchitectureTests {
  private func message(_ body: () throws -> Any) -> String {
    do {
      _ = try body()
      return "nothing was wrong"
    } catch {
      return "\(error)"
    }
  }

  @Test("mistakes are named, with a way out")
  func mistakes() throws {
    #expect(
      message { try Architecture.named("resnet5O") }
        == "There is no network \"resnet5O\". Did you mean \"ResNet50\"?")
    #expect(
      message { try Architecture.named("망") }
        == "There is no network \"망\". `moru zoo list` prints all of them.")
    #expect(try Architecture.named("resnet50").name == "ResNet50")
    let network = Architecture.resNet50
    #expect(
      message { try network(inputShape: [31, 64, 3]) }
        == "ResNet50 does not take inputs of shape [31, 64, 3]. "
        + "Pass a height and a width of at least 32.")
    #expect(
      message { try network(inputShape: [64, 64]) }
        == "ResNet50 does not take inputs of shape [64, 64]. "
        + "Pass 3 sizes, such as [224, 224, 3].")
    #expect(
      message { try network(inputShape: [64, 64, 1]) }
        == "ResNet50 does not take inputs of shape [64, 64, 1]. "
        + "Pass 3 channels, or preprocess: false.")
    #expect(
      message { try network(inputShape: [64, 0, 3]) }
        == "ResNet50 does not take inputs of shape [64, 0, 3]. Pass sizes of at least 1.")
    #expect(
      message { try network(classes: 0) }
        == "A network cannot tell 0 classes apart. Pass at least 1.")
    #expect(
      message { try network(classes: 1) }
        == "The softmax of one class is always 1. Pass activation: .sigmoid, or at least 2 classes."
    )
    #expect(throws: Never.self) { try network(classes: 1, activation: .sigmoid) }
    for network in [network, .viTB16] {
      #expect(
        message { try network(inputShape: [1 << 40, 1 << 40, 3]) }
          .hasSuffix("Pass sizes whose elements can be counted."))
    }
    #expect(
      message { try network(definition: .paper) }
        == "ResNet50 is not defined by paper. Choose keras or torchvision.")
    #expect(throws: Never.self) { try network(inputShape: [64, 64, 1], preprocess: false) }
    let uNet = Architecture.uNet
    #expect(
      message { try uNet(inputShape: [40, 48, 1]) }
        == "UNet does not take inputs of shape [40, 48, 1]. "
        + "Pass a height and a width that are multiples of 16.")
  }

  @Test("without a top the output is the features, as maps or as one vector")
  func features() throws {
    func output(_ pooling: FeaturePooling?) throws -> Shape {
      let model = try Architecture.resNet18(
        inputShape: [64, 96, 3], includeTop: false, pooling: pooling)
      return try model.declaration(inputs: model.inputs).outputs[0].shape
    }
    #expect(try output(nil) == [1, 2, 3, 512])
    #expect(try output(.average) == [1, 512])
    #expect(try output(.maximum) == [1, 512])
    let others: [(Architecture, Shape)] = [(.uNet, [64, 64, 1]), (.gptSmall, [8])]
    for (network, shape) in others {
      let model = try network(inputShape: shape, includeTop: false, pooling: .average)
      #expect(try model.declaration(inputs: model.inputs).outputs[0].shape.rank == 2)
    }
  }

  @Test("torchvision has a name for every weight of a network without its top")
  func bases() throws {
    for network in Architecture.catalog where network.definitions.contains(.torchvision) {
      let size = max(network.smallest, network.inputShape.rank == 3 ? 32 : 8)
      let base = try network(
        inputShape: [size, size, 3], includeTop: false, pooling: .average,
        definition: .torchvision)
      #expect(throws: Never.self, "\(network.name)") { try network.torchTensors(of: base) }
    }
  }

  @Test("layers of other names have none, whatever their numbers")
  func otherNames() throws {
    for name in ["block0_conv1", "block6_conv1", "block1_conv9223372036854775807"] {
      let start = Input([32, 32, 3])
      let other = try Model(inputs: start, outputs: Conv2D(4, kernel: 3, name: name)(start))
      let answer = message { try Architecture.vgg16.torchTensors(of: other) }
      #expect(answer.hasPrefix("torchvision has no name for the weight \(name)/"), "\(answer)")
    }
  }

  @Test("names are told apart, and every network has one definition at least")
  func catalog() {
    let names = Architecture.catalog.map { $0.name.lowercased() }
    #expect(Set(names).count == names.count)
    #expect(Architecture.catalog.allSatisfy { !$0.definitions.isEmpty })
  }

  @Test("the catalog has every network that a file draws")
  func files() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/MoruZoo/Networks").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let drawn = try files.reduce(0) { count, file in
      let text = try String(contentsOf: file, encoding: .utf8)
      return count + text.matches(of: /public static let \w+ =/).count
    }
    #expect(drawn == Architecture.catalog.count)
  }

  @Test("tensors that do not fit a network are named")
  func tensors() throws {
    let network = Architecture.alexNet
    let model = try network(inputShape: [64, 64, 3], classes: 3)
    let shapes = try network.torchTensors(of: model)
    var tensors = shapes.mapValues { HostTensor.zeros($0) }
    #expect(try network.weights(of: model, fromTorch: tensors).count == 16)

    tensors["classifier.6.bias"] = nil
    #expect(
      message { try network.weights(of: model, fromTorch: tensors) }
        == "The file has no tensor \"classifier.6.bias\", which is to become the weight "
        + "predictions/bias. Pass the weights of the same network with as many classes.")
    tensors["classifier.6.bias"] = .zeros([1000])
    #expect(
      message { try network.weights(of: model, fromTorch: tensors) }
        == "The tensor \"classifier.6.bias\" is of shape [1000], for the weight predictions/bias it "
        + "must be [3]. Draw the network with the file's number of classes and input shape.")
    tensors["classifier.6.bias"] = .zeros([3])
    tensors["features.99.weight"] = .zeros([1])
    #expect(
      message { try network.weights(of: model, fromTorch: tensors) }
        == "The network has no place for 1 tensors of the file, such as \"features.99.weight\". "
        + "Choose the network that the file was written for.")

    // A base takes what it needs and leaves the top.
    let base = try network(inputShape: [64, 64, 3], includeTop: false)
    #expect(
      try network.weights(of: base, fromTorch: tensors, includeTop: false).count == 10)
    let leNet = try Architecture.leNet5()
    #expect(
      message { try Architecture.leNet5.weights(of: leNet, fromTorch: [:]) }
        == "torchvision has no name for the weight c1/kernel of LeNet5. "
        + "Draw one of its own networks, without layers of yours.")
  }
}
