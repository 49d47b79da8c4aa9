import Foundation
import MoruArchive
import MoruGraph
import MoruInterop
import MoruLayers
import MoruModels
import MoruTensors
import Testing

/// What cannot be read or written is said by layer, setting and next step.
@Suite("Refusing what is not known")
struct KerasRefusalTests {
  @Test(arguments: [
    (
      "lambda.keras",
      "\"twice\" is a layer of the kind Lambda, which is not supported. It holds a program in Python, "
        + "which is never run."
    ),
    ("open.keras", "The input \"steps\" has the shape (None, 3), where None may be any size."),
    (
      "axis.keras",
      "\"norm\" (BatchNormalization): the setting axis is not supported: it is 1. Build the model with "
        + "axis=-1"
    ),
    (
      "trained.weights.h5",
      "trained.weights.h5 holds weights without a model. Build the model and give it the weights by name, "
        + "save the whole model with Keras's model.save, or name a known network by --network."
    ),
  ])
  func modelsThatAreNotSupportedAreRefused(file: String, text: String) throws {
    #expect(try message { _ = try KerasFile.read(kerasFile(file)) }.hasPrefix(text))
  }

  @Test func openSizesCanBeStated() async throws {
    let details = ImportDetails(inputShapes: [[5, 3]])
    let model = try KerasFile.read(kerasFile("open.keras"), details)
    #expect(model.signature.inputs[0].shape == [5, 3])
    #expect(
      try message {
        _ = try KerasFile.read(kerasFile("mlp.keras"), .init(inputShapes: [[6]]))
      }
        == "The input \"input_layer\" has the shape (5). State these sizes, or leave them out; they must "
        + "be small enough to be counted.")
    func refusal(_ labels: [String]?, _ brightest: Double?) throws -> String {
      try message {
        _ = try KerasFile.read(
          kerasFile("mlp.keras"), .init(labels: labels, brightest: brightest))
      }
    }
    #expect(
      try refusal(["a", "b"], nil)
        == "labels cannot be used: no output tells 2 classes apart. Correct it, or leave it out.")
    #expect(
      try refusal(["a", "a", "b"], nil)
        == "labels cannot be used: a name is empty or there twice. Correct it, or leave it out.")
    #expect(
      try refusal(nil, 255)
        == "brightest cannot be used: no input is a picture. Correct it, or leave it out.")
    #expect(
      try message {
        _ = try KerasFile.read(kerasFile("branches.keras"), .init(inputShapes: [[6]]))
      }.hasPrefix("There are 1 shapes for 2 inputs."))
  }

  @Test func otherFilesAreRefused() async throws {
    try await withTemporaryFolder { folder in
      let url = folder.appending(path: "x.keras")
      try Data("no model".utf8).write(to: url)
      #expect(try message { _ = try KerasFile.read(url) }.contains("file signature not found"))
      let whole = try Data(contentsOf: kerasFile("mlp.keras"))
      try whole.dropLast(2000).write(to: url)
      #expect(try message { _ = try KerasFile.read(url) }.contains("this is not a ZIP archive"))
      let missing = folder.appending(path: "없음.h5")
      #expect(
        try message { _ = try KerasFile.read(missing) }.contains("no such file or directory"))
      let model = try KerasFile.read(kerasFile("mlp.keras"))
      #expect(
        try message { try KerasFile.write(model, to: folder.appending(path: "x.pt")) }
          == "x.pt is named like no format that is known. Name it .keras, .h5 or .onnx.")
    }
  }

  /// A model of one layer, as Keras 3 writes it.
  private func decode(
    _ layer: String, version: String = "3.15.1", backend: String = "tensorflow"
  ) throws -> TrainedModel {
    let config = """
      {"class_name": "Sequential", "config": {"name": "model", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 4, 2], "name": "x"}},
        \(layer)]}}
      """
    let root = HDF5Group(
      attributes: [
        "model_config": .text(config), "keras_version": .text(version), "backend": .text(backend),
      ],
      groups: ["model_weights": HDF5Group()])
    return try KerasFile.decode(HDF5File.encode(root), name: "model.h5")
  }

  @Test(arguments: [
    (
      #"{"class_name": "Conv2d", "config": {"name": "a"}}"#,
      "\"a\" is a layer of the kind Conv2d, which is not supported. The nearest that is supported is "
        + "Conv2D."
    ),
    (
      #"{"class_name": "MaxPooling2D", "config": {"name": "a", "pool_size": [2, 2], "data_format": "channels_first"}}"#,
      "\"a\" (MaxPooling2D): the setting data_format is not supported: it is \"channels_first\". Build "
        + "the model with data_format=\"channels_last\""
    ),
    (
      #"{"class_name": "Dropout", "config": {"name": "a", "rate": 0.5, "noise_shape": [1, 4]}}"#,
      "\"a\" (Dropout): the setting noise_shape is not supported: it is [1,4]."
    ),
    (
      #"{"class_name": "Dropout", "config": {"name": "a", "rate": 1.5}}"#,
      "\"a\" (Dropout): the setting rate is not supported: Dropout: rate must be at least 0 and below 1"
    ),
    (
      #"{"class_name": "UnitNormalization", "module": null, "registered_name": "mine>UnitNormalization", "config": {"name": "a", "axis": -1}}"#,
      "\"a\" is a layer of the kind mine>UnitNormalization, which is not supported. It is a program of "
        + "its author's."
    ),
    (
      #"{"class_name": "Activation", "config": {"name": "a", "activation": "my_function"}}"#,
      "\"a\" (Activation): the setting activation is not supported: there is no function my_function."
    ),
    (
      #"{"class_name": "Flatten", "config": {"name": "a", "novelty": true}}"#,
      "\"a\" (Flatten): the setting novelty is not supported: it is true."
    ),
    (#"{"class_name": "Flatten"}"#, "model.h5 is not a model that can be read: a layer has no"),
  ])
  func settingsThatAreNotSupportedAreNamed(layer: String, text: String) throws {
    let found = try message { _ = try decode(layer) }
    #expect(found.hasPrefix(text) && !found.hasSuffix(" ") && !found.contains(".."))
  }

  @Test func filesThatOtherKerasesWroteAreRefused() throws {
    let layer = #"{"class_name": "Flatten", "config": {"name": "a"}}"#
    #expect(try message { _ = try decode(layer, version: "1.2.2") }.contains("Keras 1 wrote it"))
    #expect(
      try message { _ = try decode(layer, version: "2.1.0", backend: "theano") }
        .contains("turns kernels of convolutions round"))
    #expect(throws: Never.self) { try decode(layer, version: "2.1.0") }
  }

  @Test func eachOutputOfAnInnerModelMeansWhatItComesOutOf() throws {
    func model(_ inner: String, outputs: String) throws -> TrainedModel {
      let config = """
        {"class_name": "Functional", "config": {"name": "outer", "layers": [
          {"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null, 4], "name": "x"},
           "inbound_nodes": []},
          \(inner)], "input_layers": [["x", 0, 0]], "output_layers": \(outputs)}}
        """
      let root = HDF5Group(
        attributes: ["model_config": .text(config), "keras_version": .text("2.2.4")],
        groups: ["model_weights": HDF5Group()])
      return try KerasFile.decode(HDF5File.encode(root), name: "model.h5")
    }
    let inner = """
      {"class_name": "Model", "name": "in", "inbound_nodes": [[["x", 0, 0, {}]]], "config":
        {"name": "in", "layers": [
          {"class_name": "InputLayer", "name": "z", "config": {"batch_input_shape": [null, 4], "name": "z"},
           "inbound_nodes": []},
          {"class_name": "Activation", "name": "soft", "config": {"name": "soft", "activation": "softmax"},
           "inbound_nodes": [[["z", 0, 0, {}]]]},
          {"class_name": "Activation", "name": "sig", "config": {"name": "sig", "activation": "sigmoid"},
           "inbound_nodes": [[["z", 0, 0, {}]]]}],
         "input_layers": [["z", 0, 0]], "output_layers": [["soft", 0, 0], ["sig", 0, 0]]}}
      """
    let both = try model(inner, outputs: #"[["in", 0, 0], ["in", 0, 1]]"#)
    #expect(
      both.signature.outputs.map(\.meaning) == [
        .probabilities(labels: ["0", "1", "2", "3"]), .labelSet(labels: ["0", "1", "2", "3"]),
      ])
    // An empty model must not end the program.
    let empty = """
      {"class_name": "Sequential", "name": "in", "inbound_nodes": [[["x", 0, 0, {}]]],
       "config": {"name": "in", "layers": []}}
      """
    _ = try? model(empty, outputs: #"[["in", 0, 0]]"#)
  }

  @Test func layersThatKerasHasNotAreRefused() throws {
    func write(_ layer: any Layer, _ shape: Shape) throws {
      let model = Sequential([layer])
      let values = try model.declaration(inputs: [TensorType(.float32, shape)])
        .initialValues(seed: Seed(1))
      let trained = try TrainedModel(
        layer: model, weights: values,
        signature: ModelSignature(
          inputs: [.init(name: "x", dtype: .float32, shape: shape, content: .init())],
          outputs: [.init(name: "y", dtype: .float32, shape: [1], meaning: .numbers)]))
      try KerasFile.write(
        trained, to: FileManager.default.temporaryDirectory.appending(path: "never.keras"))
    }
    #expect(
      try message { try write(FeatureScaling(center: [0], scale: [1]), [1]) }
        .hasPrefix(
          "\"feature_scaling\" is a layer of the kind FeatureScaling, which such a file "
            + "cannot hold."))
    #expect(
      try message { try write(Frozen(Dense(2), paths: ["kernel"]), [1]) }
        .hasPrefix("\"dense/kernel\" (Frozen): the setting paths is not supported"))
    #expect(
      try message { try write(LSTM(2, statefulBatchSize: 3), [4, 1]) }
        .hasPrefix("\"lstm\" (LSTM): the setting statefulBatchSize is not supported"))
  }
}
