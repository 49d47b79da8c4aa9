import Foundation
import GoldenKit
import MoruInterop
import MoruLayers
import MoruModels
import MoruONNXFormat
import MoruTensors
import MoruZoo
import SwiftProtobuf
import Testing

/// One network of each kind of block, at its full width on small inputs, goes to ONNX Runtime.
@Suite("Known networks go to ONNX")
struct ONNXZooTests {
  /// A network with weights that depend on their names.
  struct Sample: CustomStringConvertible {
    let network: Architecture
    let inputShape: Shape
    /// How many times the variance of a kernel's input its output has.
    var gain = 2.0

    var description: String { network.name }

    func model() throws -> TrainedModel {
      let model = try network(
        inputShape: inputShape, classes: 10, activation: .linear, preprocess: false)
      return try TrainedModel(model, weights: NamedValues.weights(of: model, gain: gain))
    }

    func input() throws -> HostTensor {
      guard network.inputType == .int32 else {
        return try NamedValues.picture(inputShape, count: 2)
      }
      let count = inputShape.elementCount
      return try HostTensor((0..<2 * count).map { Int32($0 * 7 % 10) }, shape: [2, count])
    }
  }

  static let samples: [Sample] = [
    Sample(network: .leNet5, inputShape: [32, 32, 1]),
    Sample(network: .resNet18, inputShape: [32, 32, 3]),
    Sample(network: .resNet50V2, inputShape: [32, 32, 3]),
    Sample(network: .mobileNetV2, inputShape: [32, 32, 3], gain: 1),
    Sample(network: .mobileNetV3Small, inputShape: [32, 32, 3], gain: 1),
    Sample(network: .squeezeNet1, inputShape: [32, 32, 3]),
    Sample(network: .denseNet121, inputShape: [32, 32, 3]),
    Sample(network: .efficientNetB0, inputShape: [32, 32, 3]),
    Sample(network: .convNeXtTiny, inputShape: [32, 32, 3]),
    Sample(network: .uNet, inputShape: [32, 32, 1]),
    Sample(network: .viTS16, inputShape: [32, 32, 3]),
    Sample(network: .gptSmall, inputShape: [8]),
  ]

  @Test(
    "and ONNX Runtime predicts the same",
    .enabled(if: peersPython != nil, "scripts/test --interop installs ONNX Runtime and runs it"))
  func runtime() async throws {
    try await withTemporaryFolder { folder in
      for sample in Self.samples {
        let (model, input) = (try sample.model(), try sample.input())
        let outputs = try await Predictor(model).predict([input])
        try writeForRuntime(model, [input], outputs, as: "\(sample)", in: folder)
      }
      let answers = try peers("onnx_files.py", "check", folder.path)
      #expect(answers.count == Self.samples.count)
      for answer in answers {
        #expect(Double(answer.last ?? "") ?? .infinity <= 1e-5, "\(answer)")
      }
    }
  }

  /// How many nodes of each operator a model is written with.
  private func counts(_ data: Data) throws -> [String: Int] {
    let proto = try Onnx_ModelProto(serializedBytes: data)
    return Dictionary(grouping: proto.graph.node, by: \.opType).mapValues(\.count)
  }

  @Test("with a node for each convolution and normalization, and come back")
  func residual() async throws {
    let sample = Sample(network: .resNet18, inputShape: [32, 32, 3])
    let model = try sample.model()
    let data = try ONNXFile.encode(model)
    let found = try counts(data)
    for (op, count) in [
      ("Conv", 20), ("BatchNormalization", 20), ("Relu", 17), ("MaxPool", 1), ("Add", 8),
      ("Gemm", 1), ("Transpose", 1),
    ] {
      #expect(found[op] == count, "\(op)")
    }
    #expect(found["Reciprocal"] == nil)
    let back = try ONNXFile.decode(data, name: "resnet.onnx")
    #expect(Set(back.weights.keys) == Set(model.weights.keys))
    #expect(back.declaration.parameterCount == model.declaration.parameterCount)
    let input = try sample.input()
    let wanted = try await Predictor(model).predict([input])[0]
    #expect(try await relativeError(Predictor(back).predict([input])[0], wanted) < 1e-5)
  }

  @Test("of transformers layer normalizations stay whole where ONNX has them")
  func transformer() async throws {
    let model = try Sample(network: .gptSmall, inputShape: [8]).model()
    let found = try counts(ONNXFile.encode(model, operatorSet: 17))
    #expect(found["LayerNormalization"] == 13)
    #expect(found["Softmax"] == 6)
    #expect(found["Reciprocal"] == nil)
    #expect(try counts(ONNXFile.encode(model, operatorSet: 13))["LayerNormalization"] == nil)
  }
}
