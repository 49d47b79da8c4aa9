import Foundation
import GoldenKit
import MoruArchive
import MoruGraph
import MoruLayers
import MoruTensors
import Testing

/// Codes layers as model files do.
struct LayerCoder {
  var catalog = LayerCatalog.standard

  func json(_ layer: any Layer) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.userInfo = catalog.userInfo
    return String(decoding: try encoder.encode(LayerBox(layer)), as: UTF8.self)
  }

  func layer(_ json: String) throws -> any Layer {
    let decoder = JSONDecoder()
    decoder.userInfo = catalog.userInfo
    return try decoder.decode(LayerBox.self, from: Data(json.utf8)).layer
  }

  /// The text of the error that a file gives.
  func refusal(_ json: String) -> String {
    do {
      _ = try layer(json)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }
}

@Suite("Layers in files") struct LayerCodingTests {
  private static let layers = LayerSamples.all

  @Test("there is one of every kind")
  func coverage() {
    let kinds = Self.layers.map { type(of: $0).kind }
    #expect(Set(kinds) == Set(LayerCatalog.standard.kinds.keys))
  }

  @Test("every layer comes back as it was, setting by setting", arguments: layers.indices)
  func roundTrip(place: Int) throws {
    let layer = Self.layers[place]
    let json = try LayerCoder().json(layer)
    let back = try LayerCoder().layer(json)
    #expect(type(of: back) == type(of: layer))
    #expect(try LayerCoder().json(back) == json)
    #expect(back.name == layer.name)
    #expect(json.contains("\"kind\":\"\(type(of: layer).kind)\""))
    // Every stored setting stands in the file.
    let names = ["box": "layer", "identity": "id", "projectionRegularizer": "activityRegularizer"]
    for setting in Self.settings(of: layer) {
      #expect(json.contains("\"\(names[setting] ?? setting)\":"), "\(setting)")
    }
  }

  /// The stored settings; recurrent layers keep theirs with their cell.
  private static func settings(of value: Any) -> [String] {
    Mirror(reflecting: value).children.flatMap { child -> [String] in
      switch child.value {
      case is any LayerCell, is RecurrentSettings: settings(of: child.value)
      case is WeightSettings:
        settings(of: child.value).map { part in
          (child.label ?? "") + part.prefix(1).uppercased() + part.dropFirst()
        }
      case Optional<any Regularizer>.none, Optional<any Constraint>.none: []
      case Optional<ActivationFunction>.none where value is RecurrentSettings: []
      default: child.label.map { [$0] } ?? []
      }
    }
  }

  @Test(
    "settings that a file leaves out have their defaults",
    arguments: [
      (#"{"kind":"Activation","function":"relu"}"#, Activation(.relu) as any Layer),
      (#""Add""#, Add()),
      (#""AveragePooling2D""#, AveragePooling2D()),
      (#""BatchNormalization""#, BatchNormalization()),
      (#""Concatenate""#, Concatenate()),
      (#"{"kind":"Conv2D","filters":4,"kernelSize":3}"#, Conv2D(4, kernel: 3)),
      (#"{"kind":"Dense","units":3}"#, Dense(3)),
      (#"{"kind":"Dropout","rate":0.5}"#, Dropout(0.5)),
      (#""Flatten""#, Flatten()),
      (#"{"kind":"GlobalAveragePooling2D"}"#, GlobalAveragePooling2D()),
      (#"{"kind":"MaxPooling2D","poolSize":[2,2]}"#, MaxPooling2D()),
      (#"{"kind":"LSTM","units":3}"#, LSTM(3)),
      (#"{"kind":"GRU","units":3}"#, GRU(3)),
      (#"{"kind":"SimpleRNN","units":3}"#, SimpleRNN(3)),
      (#""Normalization""#, Normalization()),
      (#"{"kind":"Rescaling","scale":0.5}"#, Rescaling(0.5)),
      (#"{"kind":"Reshape","targetShape":[2,3]}"#, Reshape([2, 3])),
      (#"{"kind":"Sequential","layers":["Flatten"]}"#, Sequential([Flatten()])),
      (#"{"kind":"Conv2DTranspose","filters":4,"kernelSize":3}"#, Conv2DTranspose(4, kernel: 3)),
      (#"{"kind":"DepthwiseConv2D","kernelSize":3}"#, DepthwiseConv2D(kernel: 3)),
      (#"{"kind":"SeparableConv2D","filters":4,"kernelSize":3}"#, SeparableConv2D(4, kernel: 3)),
      (#"{"kind":"Embedding","inputDimension":7,"outputDimension":3}"#, Embedding(7, 3)),
      (
        #"{"kind":"Checkpointed","layer":{"kind":"Dense","units":3}}"#, Dense(3).checkpointed()
      ),
      (#""GlobalAveragePooling1D""#, GlobalAveragePooling1D()),
      (#""GlobalMaxPooling2D""#, GlobalMaxPooling2D()),
      (#""LayerNormalization""#, LayerNormalization()),
      (#""LeakyReLU""#, LeakyReLU()),
      (
        #"{"kind":"MultiHeadAttention","heads":2,"keyDimension":3}"#,
        MultiHeadAttention(heads: 2, keyDimension: 3)
      ),
      (#""Multiply""#, Multiply()),
      (#""ReLU""#, ReLU()),
      (#""UpSampling2D""#, UpSampling2D()),
      (#""ZeroPadding2D""#, ZeroPadding2D()),
      (#"{"kind":"ZeroPadding2D","padding":[2,1]}"#, ZeroPadding2D(Padding2D(2, 1))),
    ])
  func defaults(json: String, layer: any Layer) throws {
    // A bare word stands for a layer without required settings.
    let decoded = try LayerCoder().layer(json)
    #expect(try LayerCoder().json(decoded) == LayerCoder().json(layer))
  }

  @Test("shared layers stay shared, fresh ones stay apart")
  func sharing() throws {
    let dense = Dense(4)
    let model = Sequential([dense, dense, dense.fresh(), Sequential([dense])])
    let json = try LayerCoder().json(model)
    let back = try #require(try LayerCoder().layer(json) as? Sequential)
    let ids = back.layers.map(\.identity)
    #expect(ids[0] == ids[1])
    #expect(ids[0] != ids[2])
    let inner = try #require(back.layers[3] as? Sequential)
    #expect(inner.layers[0].identity == ids[0])
    #expect(ids[0] != dense.identity)

    let input = TensorType(.float32, [4])
    let paths = try back.declaration(inputs: [input]).weights.map(\.path)
    #expect(paths == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"])
    #expect(try paths == model.declaration(inputs: [input]).weights.map(\.path))
  }

  @Test("layers that were coded without a table of identities do not all become one")
  func withoutTable() throws {
    let json = try JSONEncoder().encode(Sequential([Dense(4), Dense(4)]).layers.map(LayerBox.init))
    let decoder = JSONDecoder()
    decoder.userInfo = LayerCatalog.standard.userInfo
    let layers = try decoder.decode([LayerBox].self, from: json).map(\.layer)
    #expect(layers[0].identity != layers[1].identity)
  }

  @Test("the same model gives the same bytes")
  func determinism() throws {
    let model = Sequential(Self.layers)
    #expect(try LayerCoder().json(model) == LayerCoder().json(model))
  }

  @Test(
    "what is unknown or out of range is refused with its place and the nearest name",
    arguments: [
      (
        #"{"kind":"Sequential","layers":[{"kind":"Dense","units":3},{"kind":"Desne","units":3}]}"#,
        #"layers[1].kind: There is no layer named "Desne". Did you mean "Dense"?"#
      ),
      (
        #"{"kind":"Sequential","layers":["Flaten"]}"#,
        #"layers[0]: There is no layer named "Flaten". Did you mean "Flatten"?"#
      ),
      (
        #"{"kind":"Dense","unts":3}"#,
        #"unts: Dense has no setting "unts". Did you mean "units"?"#
      ),
      (
        #"{"kind":"Dense","units":3,"activation":"rellu"}"#,
        #"activation: There is no activation named "rellu". Did you mean "relu"?"#
      ),
      (
        #"{"kind":"Dense","units":3,"kernelInitializer":"heNorml"}"#,
        #"kernelInitializer: There is no initializer named "heNorml". Did you mean "heNormal"?"#
      ),
      (
        #"{"kind":"Dense","units":3,"kernelInitializer":{"kind":"constnt","value":1}}"#,
        #"kernelInitializer.kind: There is no initializer named "constnt". "#
          + #"Did you mean "constant"?"#
      ),
      (
        #"{"kind":"Dense","units":3,"kernelInitializer":{"kind":"constant","value":1,"low":2}}"#,
        #"kernelInitializer.low: constant has no setting "low". Remove it, or use another: value."#
      ),
      (
        #"{"kind":"Dense","units":3,"kernelInitializer":{"kind":"randomUniform","low":2,"high":1}}"#,
        "kernelInitializer.high: randomUniform: high must be at least low, 2.0. Change it."
      ),
      (
        #"{"kind":"Dense","units":3,"kernelRegularizer":{"l3":2}}"#,
        #"kernelRegularizer.l3: regularizer has no setting "l3". Did you mean "l1"?"#
      ),
      (
        #"{"kind":"Dense","units":0}"#,
        "units: Dense: units must be a whole number of at least 1, not 0. Change it."
      ),
      (
        #"{"kind":"Dropout","rate":1}"#,
        "rate: Dropout: rate must be at least 0 and below 1, not 1.0. Change it."
      ),
      (
        #"{"kind":"BatchNormalization","momentum":1.5}"#,
        "momentum: BatchNormalization: momentum must be between 0.0 and 1.0, not 1.5. Change it."
      ),
      (
        #"{"kind":"Conv2D","filters":3,"kernelSize":[3,0]}"#,
        "kernelSize: the layer: a size must be between 1 and 16777216. Change it."
      ),
      (
        #"{"kind":"Conv2D","filters":3,"kernelSize":[3,3,3]}"#,
        "kernelSize: the layer: a size must be one number, or [height, width]. Change it."
      ),
      (
        #"{"kind":"ZeroPadding2D","padding":[1,2,3]}"#,
        "padding: the layer: a padding must be one number, [height, width], or "
          + "[[top, bottom], [left, right]]. Change it."
      ),
      (
        #"{"kind":"ZeroPadding2D","padding":-1}"#,
        "padding: the layer: a padding must be between 0 and 16777216. Change it."
      ),
      (
        #"{"kind":"ReLU","maxValue":-1}"#,
        "maxValue: ReLU: maxValue must be at least 0, not -1.0. Change it."
      ),
      (
        #"{"kind":"MultiHeadAttention","heads":2,"keyDimension":3,"dropout":1}"#,
        "dropout: MultiHeadAttention: dropout must be at least 0 and below 1, not 1.0. Change it."
      ),
      (
        #"{"kind":"MultiHeadAttention","heads":2,"keyDimensions":3}"#,
        #"keyDimensions: MultiHeadAttention has no setting "keyDimensions". Did you mean "keyDimension"?"#
      ),
      (
        #"{"kind":"Normalization","mean":[1],"variance":[1,2]}"#,
        "variance: Normalization: variance must be as long as mean, and not negative. Change it."
      ),
      (
        #"{"kind":"Model","inputs":[{"dtype":"float32","shape":[2]}],"outputs":[{"node":0,"index":0}],"#
          + #""nodes":[{"layer":"Flatten","inputs":[{"node":0,"index":0}]}]}"#,
        "nodes: The model's graph is not closed: node 0 reads what is not made before it. "
          + "List every input that the outputs depend on."
      ),
      (
        #"{"kind":"Model","inputs":[{"dtype":"float32","shape":[2]}],"outputs":[],"nodes":[]}"#,
        "outputs: The model has no inputs or no outputs. Give it at least one of each."
      ),
      (
        #"{"kind":"Model","inputs":[{"dtype":"float32","shape":[2]}],"outputs":[{"node":5,"index":0}],"#
          + #""nodes":[]}"#,
        "outputs: The model's graph is not closed: an output is not made by any node. "
          + "List every input that the outputs depend on."
      ),
    ])
  func refusals(json: String, text: String) {
    #expect(LayerCoder().refusal(json) == text)
  }

  @Test(
    "files that lack a setting or hold another type are refused, not trapped on",
    arguments: [
      #"{"kind":"Dense"}"#, #"{"kind":"Dense","units":"three"}"#, #"{"kind":"Conv2D","filters":3}"#,
      #"{"kind":"Reshape","targetShape":"flat"}"#, #"{"kind":"Reshape","targetShape":[1e30]}"#,
      #"{"kind":7}"#, "[]", "null", #"{"kind":"Sequential"}"#,
      #"{"kind":"Dense","units":99999999999999999999}"#, #""Dense""#,
    ])
  func damaged(json: String) {
    #expect(LayerCoder().refusal(json) != "accepted")
  }

  @Test("a file's output number that no layer has is an error when the model is drawn")
  func missingOutput() throws {
    let json =
      #"{"kind":"Model","inputs":[{"dtype":"float32","shape":[2]}],"outputs":[{"node":0,"index":1}],"#
      + #""nodes":[{"layer":"Flatten","inputs":[{"node":-1,"index":0}]}]}"#
    let model = try LayerCoder().layer(json)
    #expect(throws: GraphError.self) {
      _ = try model.declaration(inputs: [TensorType(.float32, [2])])
    }
  }

  @Test("every file of the folder has a line in the catalogue")
  func catalogs() throws {
    func folder(_ name: String) -> URL {
      URL(filePath: #filePath).appending(path: "../../../Sources/MoruLayers/\(name)")
        .standardizedFileURL
    }
    func files(_ name: String) throws -> Set<String> {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder(name).path)
      return Set(names.filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) })
    }
    // A file holds one layer, or a family that is written once: a name for each member.
    var named: Set<String> = []
    for file in try files("Layers") {
      let text = try String(
        contentsOf: folder("Layers").appending(path: file + ".swift"), encoding: .utf8)
      let names = text.matches(
        of: /^public (?:struct|typealias) (\w+)(?!\w|<)/.anchorsMatchLineEndings()
      )
      .map { String($0.output.1) }
      #expect(!names.isEmpty, "\(file)")
      named.formUnion(names)
    }
    let layers = LayerCatalog.standard.kinds
    #expect(named == Set(layers.keys).subtracting(["Model", "Sequential"]))
    #expect(
      try files("Losses").subtracting(["Loss", "Loss+Complaints", "LossBox"])
        == Set(lossCatalog.map { "\(type(of: $0))" }))
  }
}

@Suite("Losses in files") struct LossCodingTests {
  private func decoded(_ json: String) throws -> any Loss {
    try JSONDecoder().decode([LossBox].self, from: Data("[\(json)]".utf8))[0].loss
  }

  private func refusal(_ json: String) -> String {
    do {
      _ = try decoded(json)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  static let losses: [any Loss] =
    lossCatalog + [
      BinaryCrossentropy(fromLogits: true), CategoricalCrossentropy(fromLogits: true),
      SparseCategoricalCrossentropy(fromLogits: true), Huber(delta: 0.5),
      BinaryCrossentropy(labelSmoothing: 0.1), CategoricalCrossentropy(labelSmoothing: 0.1),
      BinaryFocalCrossentropy(
        appliesClassBalancing: true, alpha: 0.5, gamma: 1, fromLogits: true, labelSmoothing: 0.1),
      CategoricalFocalCrossentropy(
        alpha: [1, 2], gamma: 1, fromLogits: true, labelSmoothing: 0.1),
      CategoricalGeneralizedCrossEntropy(q: 0.25), Circle(gamma: 7, margin: 0.25),
      Contrastive(margin: 2), Dice(axes: [1, 2]),
      SoftTargetDivergence(temperature: 4, fromLogits: true), Triplet(margin: 0.25),
      Tversky(alpha: 0.25, beta: 0.75, axes: [1]),
    ]

  @Test("every loss comes back as it was", arguments: losses.indices)
  func roundTrip(place: Int) throws {
    let loss = Self.losses[place]
    let data = try JSONEncoder().encode([LossBox(loss)])
    let back = try JSONDecoder().decode([LossBox].self, from: data)[0].loss
    #expect(String(reflecting: back) == String(reflecting: loss))
  }

  @Test("a name or a kind alone has the standard settings", arguments: lossCatalog.indices)
  func defaults(place: Int) throws {
    let kind = type(of: lossCatalog[place]).kind
    for json in ["\"\(kind)\"", "{\"kind\":\"\(kind)\"}"] {
      #expect(String(reflecting: try decoded(json)) == String(reflecting: lossCatalog[place]))
    }
  }

  @Test("what is unknown or out of range is refused with its place and the nearest name")
  func refusals() {
    #expect(
      refusal(#""binaryCrossEntropy""#)
        == #"[0]: There is no loss named "binaryCrossEntropy". "#
        + #"Did you mean "binaryCrossentropy"?"#)
    #expect(
      refusal(#"{"kind":"huber","dleta":1}"#)
        == #"[0].dleta: huber has no setting "dleta". Did you mean "delta"?"#)
    #expect(refusal(#"{"kind":"huber","delta":0}"#).hasPrefix("[0].delta: huber: delta must be"))
    #expect(
      refusal(#"{"kind":"meanSquaredError","delta":1}"#)
        == "[0].delta: meanSquaredError has no setting \"delta\". Remove it.")
  }
}
