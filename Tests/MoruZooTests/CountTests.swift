import GoldenKit
import MoruGraph
import MoruLayers
import MoruTensors
import MoruZoo
import Testing

@Suite("how large the networks are")
struct CountTests {
  private static let published: [(name: String, parameters: Int, state: Int)] = [
    // 61 706 with a dense last layer; the paper's own has about 60 000 with distances there.
    ("LeNet5", 61_706, 0),
    // Two 3×3 convolutions at each of nine levels, four transposed ones and the last: the paper's 31
    // million.
    ("UNet", 31_030_658, 0),
    // The figure of Touvron et al. 2020 is 22 million.
    ("ViT_S16", 22_050_664, 0),
  ]

  @Test("as many weights as Keras's, changed by gradients or not")
  func keras() throws {
    try compare(.keras) { name, declaration, figures in
      #expect(declaration.parameterCount == figures[0], "\(name)")
      #expect(declaration.stateCount == figures[1], "\(name)")
    }
  }

  @Test("as many weights as torchvision's, and as many multiply-adds")
  func torchvision() throws {
    try compare(.torchvision) { name, declaration, figures in
      // torchvision counts the head that only training uses.
      let others = name == "InceptionV3" ? 3_326_696 : 0
      #expect(declaration.parameterCount + others == figures[0], "\(name)")
    }
    for name in ["ResNet50", "MobileNetV2", "AlexNet", "ViT_B16"] {
      let model = try Architecture.named(name)(definition: .torchvision)
      let figure = try GoldenFile("zoo", "counts").tensor("torchvision.\(name)")
      let millions = Double(try figure.array(of: Int32.self)[1])
      let found = Double(try model.multiplyAdds(inputs: model.inputs)) / 1e6
      #expect(abs(found - millions) < 0.01 * millions, "\(name): \(found), \(millions)")
    }
  }

  private func compare(
    _ definition: Definition, _ check: (String, Declaration, [Int]) throws -> Void
  ) throws {
    let file = try GoldenFile("zoo", "counts")
    let prefix = "\(definition.rawValue)."
    let names = file.tensors.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
    for network in Architecture.catalog where network.definitions.contains(definition) {
      #expect(
        names.contains { $0 == network.name }
          || Self.published.contains { $0.name == network.name }, "\(network.name) is not counted")
    }
    for name in names {
      let model = try Architecture.named(String(name))(definition: definition)
      let figures = try file.tensor(prefix + name).array(of: Int32.self).map(Int.init)
      try check(String(name), model.declaration(inputs: model.inputs), figures)
    }
  }

  @Test("networks of papers have the papers' sizes", arguments: published.indices)
  func papers(_ place: Int) throws {
    let (name, parameters, state) = Self.published[place]
    let model = try Architecture.named(name)()
    let declaration = try model.declaration(inputs: model.inputs)
    #expect(declaration.parameterCount == parameters)
    #expect(declaration.stateCount == state)
  }

  @Test("the small GPT has a block for each of twelve squares of its features, and tables")
  func gpt() throws {
    let (features, tokens, steps, blocks) = (384, 65, 256, 6)
    let block = 12 * features * features + 13 * features
    let expected = blocks * block + (2 * tokens + steps + 2) * features
    let model = try Architecture.gptSmall()
    #expect(try model.declaration(inputs: model.inputs).parameterCount == expected)
  }
}
