import GoldenKit
import MoruLayers
import MoruTensors
import MoruZoo
import Testing

/// Every golden file holds what Keras, torchvision, or a drawing of the paper's network makes of a
/// picture with weights that depend on their names alone.
@Suite("networks against Keras and torchvision")
struct GoldenScoreTests {
  private static func files(_ definition: Definition) -> [String] {
    GoldenFile.names(in: "zoo").filter { $0.hasSuffix(".\(definition.rawValue)") }
  }

  @Test("Keras's weights by path give Keras's scores", arguments: files(.keras))
  func keras(_ name: String) async throws {
    let file = try GoldenFile("zoo", name)
    let expected = try file.tensor("scores")
    let size = try file.config.value("size").integer()
    let model = try Architecture.named(file.className)(
      inputShape: [size, size, 3], classes: expected.shape[1], activation: .linear,
      preprocess: false, definition: .keras)
    let found = try await scores(
      of: model, NamedValues.weights(of: model, gain: file.config.value("gain").number()),
      of: NamedValues.picture([size, size, 3]))
    let error = try relativeError(found, expected)
    #expect(error < 1e-5, "\(error)")
  }

  @Test("torchvision's tensors give torchvision's scores", arguments: files(.torchvision))
  func torchvision(_ name: String) async throws {
    let file = try GoldenFile("zoo", name)
    let expected = try file.tensor("scores")
    let size = try file.config.value("size").integer()
    let network = try Architecture.named(file.className)
    let model = try network(
      inputShape: [size, size, 3], classes: expected.shape[1], activation: .linear,
      preprocess: false, definition: .torchvision)
    let shapes = try network.torchTensors(of: model)
    // The file counts a head that only training uses.
    let others = file.className == "InceptionV3" ? 12 : 0
    #expect(try file.config.value("tensors").integer() == shapes.count + others)
    let tensors = try NamedValues.torchTensors(
      shapes, gain: file.config.value("gain").number())
    let weights = try network.weights(of: model, fromTorch: tensors)
    let found = try await scores(of: model, weights, of: NamedValues.picture([size, size, 3]))
    let error = try relativeError(found, expected)
    #expect(error < 1e-5, "\(error)")
  }

  @Test("the papers' networks give what they are drawn to give", arguments: files(.paper))
  func paper(_ name: String) async throws {
    let file = try GoldenFile("zoo", name)
    let expected = try file.tensor("scores")
    let shape = Shape(try file.config.value("shape").list().map { try $0.integer() })
    let model = try Architecture.named(file.className)(
      inputShape: shape, classes: expected.shape.last, activation: .linear, preprocess: false)
    let batch = try file.tensors["input"] ?? NamedValues.picture(shape)
    let found = try await scores(of: model, NamedValues.weights(of: model), of: batch)
    let error = try relativeError(found, expected)
    #expect(error < 1e-5, "\(error)")
  }

  @Test("every network that can be compared has a family member that is")
  func coverage() throws {
    let names = Set(GoldenFile.names(in: "zoo"))
    func isCompared(_ family: [String], _ definition: Definition) -> Bool {
      family.contains { names.contains("\($0).\(definition.rawValue)") }
    }
    let families = Dictionary(grouping: Architecture.catalog) { network in
      network.source
    }
    for (source, family) in families {
      for definition in Set(family.flatMap(\.definitions)) {
        #expect(isCompared(family.map(\.name), definition), "\(source), \(definition)")
      }
    }
  }

  @Test("pixels are brought to the range that Keras brings them to")
  func preprocessing() async throws {
    let file = try GoldenFile("zoo", "preprocessing")
    let modes: [(String, Preprocessing)] = [
      ("caffe", .blueGreenRed), ("tf", .symmetric), ("torch", .standardized),
    ]
    for (mode, preprocessing) in modes {
      let start = Input([4, 5, 3])
      let model = try Model(
        inputs: start, outputs: preprocessing.layers.reduce(start) { $1($0) })
      let found = try await scores(
        of: model, [:], of: file.tensor("input").converted(to: .float32))
      #expect(try relativeError(found, file.tensor(mode)) < 1e-6, "\(mode)")
    }
  }
}
