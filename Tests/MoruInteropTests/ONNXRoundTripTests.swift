import Foundation
import MoruCPU
import MoruGraph
import MoruInterop
import MoruLayers
import MoruModels
import MoruONNXFormat
import MoruTensors
import SwiftProtobuf
import Testing

/// ONNX Runtime reads what Moru wrote and predicts the same; so does Moru.
@Suite("Models go to ONNX and come back")
struct ONNXRoundTripTests {
  @Test("and predict the same", arguments: ONNXSample.all)
  func comesBack(sample: ONNXSample) async throws {
    let model = try sample.model()
    let inputs = sample.values(batch: 3)
    let wanted = try await Predictor(model).predict(inputs)
    for operatorSet in [13, 17, 21] {
      let data = try ONNXFile.encode(model, operatorSet: operatorSet)
      let back = try ONNXFile.decode(data, name: "back.onnx")
      #expect(back.signature == model.signature)
      #expect(Set(back.weights.keys).isSubset(of: model.weights.keys), "\(back.weights.keys)")
      let found = try await Predictor(back).predict(inputs)
      for (found, wanted) in zip(found, wanted) {
        #expect(try relativeError(found, wanted) < 1e-6, "\(sample), set \(operatorSet)")
      }
    }
  }

  @Test(
    "and ONNX Runtime predicts the same",
    .enabled(if: peersPython != nil, "scripts/test --interop installs ONNX Runtime and runs it"))
  func runtime() async throws {
    try await withTemporaryFolder { folder in
      for sample in ONNXSample.all {
        let model = try sample.model()
        let inputs = sample.values(batch: 3)
        let outputs = try await Predictor(model).predict(inputs)
        for operatorSet in [13, 17, 21] {
          try writeForRuntime(
            model, inputs, outputs, as: "\(sample)_\(operatorSet)", in: folder,
            operatorSet: operatorSet)
        }
      }
      let answers = try peers("onnx_files.py", "check", folder.path)
      #expect(answers.count == 3 * ONNXSample.all.count)
      for answer in answers {
        #expect(Double(answer.last ?? "") ?? .infinity <= 1e-5, "\(answer)")
      }
    }
  }

  @Test("with a product where one number stands for all channels")
  func oneFactor() throws {
    let data = try ONNXFile.encode(ONNXSample.factor.model(), operatorSet: 17)
    let proto = try Onnx_ModelProto(serializedBytes: data)
    let made = proto.graph.node.map(\.opType).filter { $0 != "Constant" }
    #expect(made == ["LayerNormalization", "Mul"])
  }

  @Test("and features come before the last layer with weights only if that is dense")
  func features() throws {
    for (sample, isDense) in [(ONNXSample.gated, false), (ONNXSample.sequence, true)] {
      let (graph, _) = try ONNXFile.graph(ONNXFile.encode(sample.model()), name: "m.onnx")
      #expect((graph.features != graph.body.outputs[0]) == isDense, "\(sample)")
    }
  }

  @Test("and train on, with what they look at and keep")
  func trainsOn() async throws {
    let back = try ONNXFile.decode(
      try ONNXFile.encode(try ONNXSample.cnn.model()), name: "cnn.onnx")
    let inputs = ONNXSample.cnn.values(batch: 8).map { Tensor($0) }
    var weights = try back.declaration.weights(from: back.weights)
    func loss(_ weights: Weights) -> Tensor {
      var weights = weights
      let outputs = back.layer(inputs, &weights)
      return -log(outputs[0].sliced(0..<1, axis: 1)).mean()
    }
    let before = try await loss(weights).value(on: .cpu).array(of: Float.self)[0]
    #expect(weights.parameters.count > 8)
    let paths = weights.parameters.keys.sorted()
    for _ in 0..<4 {
      let slopes = gradients(of: loss(weights), at: paths.compactMap { weights.parameters[$0] })
      for (path, slope) in zip(paths, slopes) {
        if let weight = weights.parameters[path] {
          weights.parameters[path] = Tensor(try await (weight - 0.05 * slope).value(on: .cpu))
        }
      }
    }
    let after = try await loss(weights).value(on: .cpu).array(of: Float.self)[0]
    #expect(after < before * 0.9)
  }
}

/// Models to write: one of each kind of computation.
enum ONNXSample: String, CaseIterable, CustomStringConvertible {
  case mlp, cnn, transposed, sequence, gated, bidirectional, attention, branches, embedding, norms,
    factor

  static let all = allCases
  var description: String { rawValue }

  private var inputs: [TensorType] {
    switch self {
    case .mlp: [TensorType(.float32, [5])]
    case .cnn, .norms: [TensorType(.float32, [12, 12, 3])]
    case .transposed: [TensorType(.float32, [5, 6, 2])]
    case .sequence, .gated, .bidirectional, .attention, .factor:
      [TensorType(.float32, [6, 4])]
    case .branches: [TensorType(.float32, [4]), TensorType(.float32, [3])]
    case .embedding: [TensorType(.int32, [5])]
    }
  }

  private func layer() throws -> any Layer {
    switch self {
    case .mlp:
      return Sequential {
        Dense(8, activation: .relu)
        Dropout(0.25)
        Dense(8, activation: .gelu)
        Dense(3, activation: .softmax)
      }
    case .cnn:
      return Sequential {
        Rescaling(0.5, offset: -0.1)
        Conv2D(8, kernel: 3, strides: 2, padding: .same, useBias: false)
        BatchNormalization()
        ReLU(maxValue: 6)
        DepthwiseConv2D(kernel: 3, padding: .same, activation: .silu)
        MaxPooling2D(2, padding: .same)
        Conv2D(8, kernel: 3, padding: .same, dilationRate: 2, groups: 2, activation: .leakyRelu)
        AveragePooling2D(2, strides: 1, padding: .same)
        GlobalAveragePooling2D()
        Dense(4, activation: .softmax)
      }
    case .transposed:
      return Sequential {
        Conv2DTranspose(4, kernel: 3, strides: 2, padding: .same, activation: .elu)
        UpSampling2D(2)
        Conv2DTranspose(2, kernel: 2, strides: 3)
        ZeroPadding2D(1)
        Flatten()
        Dense(2)
      }
    case .sequence:
      return Sequential {
        LSTM(5, returnSequences: true)
        LSTM(4)
        Dense(1, activation: .sigmoid)
      }
    case .gated:
      return Sequential {
        GRU(5, returnSequences: true)
        SimpleRNN(4)
      }
    case .bidirectional:
      return Sequential {
        Bidirectional(LSTM(3, returnSequences: true))
        GlobalMaxPooling1D()
      }
    case .attention:
      let x = Input([6, 4])
      let y = LayerNormalization()(x)
      let mixed = MultiHeadAttention(heads: 2, keyDimension: 3)([y, y])
      let sum = Add()([x, mixed])
      return try Model(inputs: x, outputs: Flatten()(Dense(4, activation: .gelu)(sum)))
    case .branches:
      let (a, b) = (Input([4]), Input([3]))
      let all = Concatenate()([Dense(5, activation: .tanh)(a), b])
      return try Model(
        inputs: ["length": a, "width": b],
        outputs: ["kind": Dense(3, activation: .softmax)(all), "price": Dense(1)(all)])
    case .embedding:
      return Sequential {
        Embedding(7, 4)
        Conv1D(3, kernel: 2, padding: .causal, activation: .relu)
        GlobalAveragePooling1D()
      }
    case .norms:
      return Sequential {
        Conv2D(4, kernel: 1)
        GroupNormalization(2)
        LayerNormalization()
        PReLU(sharedAxes: [1, 2])
        Permute([3, 1, 2])
        Reshape([4, 144])
        Softmax()
        Flatten()
        UnitNormalization()
      }
    case .factor:
      return Sequential {
        LayerNormalization(center: false, scale: false)
        Factor()
      }
    }
  }

  func model() throws -> TrainedModel {
    let layer = try layer()
    let declaration = try layer.declaration(inputs: inputs)
    let names = layer.inputNames ?? ["input"]
    let outputNames = layer.outputNames ?? ["output"]
    var weights = declaration.initialValues(seed: Seed(7))
    // Statistics and offsets that are not 0 and 1 would show a wrong place.
    for (path, value) in weights where path.hasSuffix("moving_mean") || path.hasSuffix("bias") {
      weights[path] = Self.numbers(value.shape, scale: 0.3)
    }
    return try TrainedModel(
      layer: layer, weights: weights,
      signature: ModelSignature(
        inputs: zip(names, inputs).map {
          ModelInput(name: $0, dtype: $1.dtype, shape: $1.shape, content: InputContent())
        },
        outputs: zip(outputNames, declaration.outputs).map {
          ModelOutput(
            name: $0, dtype: $1.dtype, shape: Shape(Array($1.shape.dropFirst())),
            meaning: $1.shape.last == 3 && $1.shape.rank == 2
              ? .probabilities(labels: ["가", "나", "다"]) : .numbers)
        }))
  }

  func values(batch: Int) -> [HostTensor] {
    inputs.map { type in
      let shape = Shape([batch] + type.shape.dimensions)
      return type.dtype.isInteger
        ? HostTensor.wrapped((0..<shape.elementCount).map { Int32($0 * 3 % 7) }, shape)
        : Self.numbers(shape, scale: 1)
    }
  }

  private static func numbers(_ shape: Shape, scale: Double) -> HostTensor {
    HostTensor.wrapped(
      (0..<shape.elementCount).map { Float(sin(Double($0) * 1.7 + 0.3) * scale) }, shape)
  }
}

/// A product with one number, a weight of one element.
private struct Factor: UnaryLayer {
  static let kind = "Factor"
  var identity = Identity()
  var name: String? { nil }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x * scope.parameter("factor", [1], initializer: .constant(0.7))
  }
}

extension HostTensor {
  fileprivate static func wrapped<S: Scalar>(_ values: [S], _ shape: Shape) -> HostTensor {
    (try? HostTensor(values, shape: shape)) ?? HostTensor(values)
  }
}
