import Foundation
import MoruCPU
import MoruGraph
import MoruInterop
import MoruLayers
import MoruONNXFormat
import MoruTensors
import SwiftProtobuf
import Testing

/// What ONNX's own node tests do not reach, by the words of its operators' descriptions.
@Suite("Operators of ONNX at their edges")
struct ONNXOperatorTests {
  /// What one node makes of constants.
  private func output(
    of op: String, _ inputs: [HostTensor], _ attributes: [Onnx_AttributeProto] = []
  ) async throws -> HostTensor {
    var graph = Onnx_GraphProto()
    graph.initializer = inputs.enumerated().map { place, value in
      Onnx_TensorProto.with {
        $0.name = "input\(place)"
        $0.dims = value.shape.map(Int64.init)
        $0.dataType = Self.number(of: value.dtype)
        $0.rawData = value.withUnsafeBytes { Data($0) }
      }
    }
    graph.node = [
      .with {
        $0.opType = op
        $0.input = graph.initializer.map(\.name)
        $0.output = ["output"]
        $0.attribute = attributes
      }
    ]
    graph.output = [.with { $0.name = "output" }]
    let model = Onnx_ModelProto.with {
      $0.irVersion = 10
      $0.opsetImport = [.with { $0.version = 21 }]
      $0.graph = graph
    }
    let (layer, values) = try ONNXFile.graph(model.serializedBytes(), name: "\(op).onnx")
    var weights = Weights(parameters: values.mapValues { Tensor($0) })
    let made = layer([], &weights)
    return try await made[0].value(on: .cpu)
  }

  private static func number(of dtype: DType) -> Int32 {
    switch dtype {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .int32: 6
    default: 7
    }
  }

  @Test("whole numbers are raised exactly")
  func powers() async throws {
    let (base, power) = (HostTensor([3, 10, -7] as [Int64]), HostTensor([20, 15, 3] as [Int64]))
    let found = try await output(of: "Pow", [base, power])
    #expect(found == HostTensor([3_486_784_401, 1_000_000_000_000_000, -343] as [Int64]))
  }

  @Test("whole numbers to fractional powers lose their fractions")
  func roots() async throws {
    let (base, power) = (HostTensor([2, 2, 9] as [Int32]), HostTensor([1.5, 3, 0.5] as [Float]))
    #expect(try await output(of: "Pow", [base, power]) == HostTensor([2, 8, 3] as [Int32]))
  }

  @Test("a slice backwards from below the axis begins at its first element")
  func slices() async throws {
    let row = HostTensor([4, 5, 6] as [Float])
    func slice(_ start: Int64, _ end: Int64, _ step: Int64) async throws -> HostTensor {
      try await output(
        of: "Slice", [row] + [start, end, 0, step].map { HostTensor([$0]) })
    }
    #expect(try await slice(-9, -9, -1) == HostTensor([4] as [Float]))
    #expect(try await slice(9, -9, -2) == HostTensor([6, 4] as [Float]))
    #expect(try await slice(-9, 2, -1).count == 0)
  }

  @Test("numbers become bytes, halves to the even one, within the type's range")
  func bytes() async throws {
    let x = HostTensor([-1.25, 0, 0.24, 3, 900, -900] as [Float])
    let scale = HostTensor(Float(0.5))
    let unsigned = try await output(of: "QuantizeLinear", [x, scale, HostTensor(UInt8(128))])
    #expect(unsigned == HostTensor([126, 128, 128, 134, 255, 0] as [UInt8]))
    let signed = try await output(of: "QuantizeLinear", [x, scale, HostTensor(Int8(-1))])
    #expect(signed == HostTensor([-3, -1, -1, 5, 127, -128] as [Int8]))
    let back = try await output(of: "DequantizeLinear", [signed, scale, HostTensor(Int8(-1))])
    #expect(back == HostTensor([-1, 0, 0, 3, 64, -63.5] as [Float]))
  }

  @Test("each entry of an axis has a scale of its own")
  func axes() async throws {
    let x = try HostTensor([2, 4, 6, 8] as [Int8], shape: [2, 2])
    let scales = HostTensor([0.5, 2] as [Float])
    let found = try await output(of: "DequantizeLinear", [x, scales])
    let wanted = try HostTensor([1, 8, 3, 16] as [Float], shape: [2, 2])
    #expect(found == wanted)
    let wrong = HostTensor([1, 2, 3] as [Float])
    await #expect(throws: GraphError.self) {
      try await output(of: "DequantizeLinear", [x, wrong])
    }
  }

  @Test("each block along an axis has a scale of its own, and none is missing")
  func blocks() async throws {
    let x = try HostTensor([1, 2, 3, 4, 5] as [Int8], shape: [1, 5])
    let settings = [setting("axis", 1), setting("block_size", 2)]
    let scales = try HostTensor([1, 10, 100] as [Float], shape: [1, 3])
    let found = try await output(of: "DequantizeLinear", [x, scales], settings)
    let wanted = try HostTensor([1, 2, 30, 40, 500] as [Float], shape: [1, 5])
    #expect(found == wanted)
    let few = try HostTensor([1, 10] as [Float], shape: [1, 2])
    await #expect(throws: GraphError.self) {
      try await output(of: "DequantizeLinear", [x, few], settings)
    }
  }

  private func setting(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    .with { ($0.name, $0.type, $0.i) = (name, .int, value) }
  }
}
