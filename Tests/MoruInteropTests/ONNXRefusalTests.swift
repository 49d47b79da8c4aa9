import Foundation
import MoruInterop
import MoruLayers
import MoruModels
import MoruONNXFormat
import MoruTensors
import SwiftProtobuf
import Testing

@Suite("Files of ONNX that are refused")
struct ONNXRefusalTests {
  /// What is said of PyTorch's multilayer perceptron after a change.
  private func says(_ change: (inout Onnx_ModelProto) -> Void) throws -> String {
    var model = try Onnx_ModelProto(serializedBytes: Data(contentsOf: onnxFile("mlp.onnx")))
    change(&model)
    let data: Data = try model.serializedBytes()
    return try message { _ = try ONNXFile.decode(data, name: "m.onnx") }
  }

  @Test("say what operator is not known, and where")
  func operators() throws {
    let unknown = try says { $0.graph.node[1].opType = "NonZero" }
    #expect(unknown.hasPrefix("m.onnx has operators that are not supported: NonZero \""))
    #expect(unknown.contains("/1/Relu"))
    #expect(unknown.hasSuffix("Export the model without that step and do it with the outputs."))
    let foreign = try says { $0.graph.node[1].domain = "com.microsoft" }
    #expect(foreign.contains("of com.microsoft"))
    let function = try says { $0.functions = [.with { $0.name = "swish" }] }
    #expect(function.contains("the function \"swish\""))
  }

  @Test("say what version is wanted")
  func versions() throws {
    #expect(
      try says { $0.opsetImport[0].version = 9 }
        == "m.onnx is of operator set 9; 13 to 21 are read. Export the model with opset_version=17, or "
        + "convert it with onnx.version_converter.")
    #expect(try says { $0.opsetImport[0].version = 24 }.contains("opset_version=21"))
    #expect(
      try says { $0.opsetImport = [] }.contains("it does not name one version of ONNX's operators"))
  }

  @Test("open no other file")
  func external() throws {
    let text = try says { model in
      model.graph.initializer[0].dataLocation = .external
      model.graph.initializer[0].externalData = [
        .with { ($0.key, $0.value) = ("location", "/etc/passwd") }
      ]
    }
    #expect(
      text.contains("in another file, \"/etc/passwd\", and no file is opened that a file names."))
  }

  @Test("say which value is damaged")
  func values() throws {
    let name = "0.weight"
    #expect(
      try says { $0.graph.initializer[0].dims = [1 << 40, 1 << 40] }
        .contains("\"\(name)\" has the shape [1099511627776, 1099511627776]"))
    #expect(try says { $0.graph.initializer[0].dims = [-1, 5] }.contains("has the shape [-1, 5]"))
    #expect(
      try says { $0.graph.initializer[0].dims = [9, 5] }
        .contains("has 160 bytes for the shape [9, 5]"))
    #expect(
      try says { $0.graph.initializer[0].dataType = 5 }
        .contains("has elements of the type int16 in \"\(name)\""))
    #expect(
      try says { $0.graph.initializer.append($0.graph.initializer[0]) }.contains(
        "there are two values"))
  }

  @Test("say which node reads what is not there, or goes round")
  func order() throws {
    let round = try says { $0.graph.node[0].input[0] = $0.graph.node[4].output[0] }
    #expect(round.contains("which nothing before it makes"))
    let twice = try says { $0.graph.node[1].output = $0.graph.node[0].output }
    #expect(twice.contains("is made twice"))
    #expect(try says { $0.graph.output[0].name = "z" }.contains("nothing makes the output \"z\""))
    #expect(
      try says { $0.graph.node[0].input.removeLast(2) }.contains("input 1 is missing"))
  }

  /// What is said of a file whose first node is another one, with values beside those of the file.
  private func says(
    _ op: String, inputs: [(String, [Int64], [Int64])] = [],
    _ attributes: [Onnx_AttributeProto] = [], outputs: Int = 1
  ) throws -> String {
    try says { model in
      let x = model.graph.input[0].name
      for (name, dims, numbers) in inputs where !name.isEmpty {
        model.graph.initializer.append(
          .with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, dims, 7, numbers) })
      }
      model.graph.node = [
        .with {
          ($0.opType, $0.name, $0.attribute) = (op, "node", attributes)
          $0.input = [x] + inputs.map(\.0)
          $0.output = (0..<outputs).map { "made\($0)" }
        }
      ]
      model.graph.output[0].name = "made0"
    }
  }

  @Test("do not end the program by numbers that are out of all bounds")
  func numbersOutOfBounds() throws {
    let huge = Onnx_AttributeProto.with { ($0.type, $0.i) = (.int, .max) }
    func attribute(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
      var attribute = huge
      (attribute.name, attribute.i) = (name, value)
      return attribute
    }
    let policy = Onnx_AttributeProto.with {
      ($0.name, $0.type, $0.s) = ("keep_aspect_ratio_policy", .string, Data("not_smaller".utf8))
    }
    #expect(
      try says(
        "Resize", inputs: [("", [0], []), ("", [0], []), ("sizes", [2], [1, .max])], [policy]
      ).contains("its sizes are"))
    #expect(
      try says("Split", inputs: [("parts", [2], [.max, .max])], outputs: 2).contains(
        "are not all of"))
    #expect(try says("DepthToSpace", [attribute("blocksize", .max)]).contains("node"))
    #expect(try says("GroupNormalization", [attribute("num_groups", .max)]).contains("num_groups"))
    #expect(
      try says { model in
        // A kernel without an axis for the window.
        model.graph.node[0].opType = "Conv"
        model.graph.initializer[0].dims = [model.graph.initializer[0].dims.reduce(1, *)]
      }.contains("Conv"))
  }

  @Test("say what the batch is")
  func batches() throws {
    let fixed = try says { $0.graph.input[0].type.tensorType.shape.dim[0].dimValue = 4 }
    #expect(fixed.contains("the first axes of its inputs have the sizes 4"))
    let none = try says { $0.graph.input[0].type.tensorType.shape.dim = [] }
    #expect(none.contains("an input has no batch axis"))
    let open = try says { $0.graph.input[0].type.tensorType.shape.dim[1].dimParam = "n" }
    #expect(open.contains("State the sizes, on the command line by --input-shape."))
  }

  @Test("are no models at all")
  func bytes() throws {
    for bytes in [Data("모루".utf8), Data([0x0A, 0xFF, 0xFF]), Data()] {
      let text = try message { _ = try ONNXFile.decode(bytes, name: "m.onnx") }
      #expect(text.hasPrefix("m.onnx is not an ONNX model that can be read"))
    }
  }

  @Test("say what cannot be written")
  func writing() throws {
    let model = try ONNXFile.read(onnxFile("mlp.onnx"))
    let old = try message { _ = try ONNXFile.encode(model, operatorSet: 9) }
    #expect(old.contains("operator set 9; 13 to 21"))
  }
}
