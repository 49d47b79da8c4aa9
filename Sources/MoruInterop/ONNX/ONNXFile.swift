public import Foundation
import MoruArchive
import MoruGraph
package import MoruLayers
public import MoruModels
import MoruONNXFormat
package import MoruTensors
import SwiftProtobuf

/// Models in the Open Neural Network Exchange format: of PyTorch, for instance, and for ONNX Runtime.
///
/// Operator sets 13 to 21 are read and written. Nothing in a file is run, and no other file is opened.
///
/// - Source: https://onnx.ai/onnx/repo-docs/IR.html
public enum ONNXFile {
  /// Most bytes of a file: what protobuf allows.
  private static let byteLimit = 2 << 30
  /// The deepest that messages may lie in each other.
  private static let depthLimit = 64
  /// Where our own models keep what they take and give.
  static let signatureKey = "moru.signature"

  /// Reads a model with its weights: one layer, `ONNXGraph`, that trains and is saved like any other.
  ///
  /// - Throws: `InteropError` naming node and operator; `ArchiveError` if the file cannot be read;
  ///   `GraphError` if operators do not fit each other.
  public static func read(
    _ url: URL, _ details: ImportDetails = ImportDetails()
  ) throws -> TrainedModel {
    let data = try OpenFile(reading: url).readAll(limit: byteLimit)
    return try decode(data, name: url.lastPathComponent, details)
  }

  /// Reads a model from a file in memory.
  ///
  /// - Parameter name: What error texts call it.
  /// - Throws: As `read`.
  public static func decode(
    _ data: Data, name: String, _ details: ImportDetails = ImportDetails()
  ) throws -> TrainedModel {
    let proto = try message(data, name: name)
    var reader = try ONNXReader(proto, file: name)
    let read = try reader.read()
    let own = proto.metadataProps.first { $0.key == signatureKey }.flatMap {
      try? JSONDecoder().decode(ModelSignature.self, from: Data($0.value.utf8))
    }
    return try ONNXAssembly(read, operatorSet: reader.operatorSet, file: name, details, own: own)
      .model()
  }

  /// The network in a file by itself, with values for its weights, for inputs of any shape.
  ///
  /// - Throws: `InteropError` naming node and operator.
  package static func graph(_ data: Data, name: String) throws -> (ONNXGraph, [String: HostTensor])
  {
    var reader = try ONNXReader(try message(data, name: name), file: name)
    let read = try reader.read()
    let graph = ONNXGraph(read.body, operatorSet: reader.operatorSet, weights: read.weights)
    let values = zip(read.weights, read.values).map { ($0.name, $1) }
    return (graph, Dictionary(uniqueKeysWithValues: values))
  }

  private static func message(_ data: Data, name: String) throws -> Onnx_ModelProto {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = depthLimit
    options.discardUnknownFields = true
    do {
      return try Onnx_ModelProto(serializedBytes: data, options: options)
    } catch {
      throw InteropError.unreadableONNX(file: name, reason: "its bytes are no message of ONNX's")
    }
  }
}

/// Makes a model of a graph that was read: what goes in, what comes out, and how batches go through.
private struct ONNXAssembly {
  private let read: ONNXReader.Read
  private let operatorSet: Int
  private let file: String
  private let details: ImportDetails
  private let own: ModelSignature?

  init(
    _ read: ONNXReader.Read, operatorSet: Int, file: String, _ details: ImportDetails,
    own: ModelSignature?
  ) throws {
    self.read = read
    self.operatorSet = operatorSet
    self.file = file
    self.details = details
    self.own = own
    guard !read.inputs.isEmpty, read.inputs.allSatisfy({ !$0.sizes.isEmpty }) else {
      throw InteropError.fixedBatch(file: file, reason: "an input has no batch axis")
    }
  }

  func model() throws -> TrainedModel {
    let inputs = read.inputs.map {
      ImportedInput(name: $0.name, dtype: $0.dtype, sizes: Array($0.sizes.dropFirst()))
    }
    var types = try ImportedSignature.types(of: inputs, details)
    // Pictures come with their channels last, wherever the network has them.
    var turned: [String] = []
    if details.brightest != nil {
      for (place, type) in types.enumerated() where type.rank == 3 {
        let sizes = type.shape.dimensions
        guard ![1, 3].contains(sizes[2]), [1, 3].contains(sizes[0]) else { continue }
        turned.append(inputs[place].name)
        types[place] = TensorType(type.dtype, [sizes[1], sizes[2], sizes[0]])
      }
    }
    let layer = try layer(types, channelsLast: turned)
    let declaration = try layer.declaration(inputs: types)
    let ends = zip(inputs, types).map { (name: $0.name, type: $1) }
    var signature = try ImportedSignature.signature(ends, layer, declaration, details)
    if let own, isOf(own, signature) { signature = own }
    let values = zip(read.weights, read.values).map { ($0.name, $1) }
    return try TrainedModel(
      layer: layer, weights: Dictionary(uniqueKeysWithValues: values), signature: signature)
  }

  /// Whether a signature that came with the file is that of the network.
  private func isOf(_ own: ModelSignature, _ found: ModelSignature) -> Bool {
    details.labels == nil && details.brightest == nil
      && own.inputs.map(\.type) == found.inputs.map(\.type)
      && own.inputs.map(\.name) == found.inputs.map(\.name)
      && own.outputs.map(\.name) == found.outputs.map(\.name)
      && own.outputs.map(\.shape) == found.outputs.map(\.shape)
      && own.outputs.map(\.dtype) == found.outputs.map(\.dtype)
  }

  /// The network, which samples go through side by side if it lets them, one by one if the file is of one
  /// sample.
  private func layer(_ types: [TensorType], channelsLast: [String]) throws -> ONNXGraph {
    let isOpen = read.inputs.allSatisfy { $0.sizes[0] == nil }
    let isOfOne = read.inputs.allSatisfy { $0.sizes[0] == 1 }
    guard isOpen || isOfOne else {
      let sizes = read.inputs.map { $0.sizes[0].map(String.init) ?? "any" }
      throw InteropError.fixedBatch(
        file: file,
        reason: "the first axes of its inputs have the sizes \(sizes.joined(separator: ", "))")
    }
    func graph(isOneByOne: Bool) -> ONNXGraph {
      ONNXGraph(
        read.body, operatorSet: operatorSet, weights: read.weights, channelsLast: channelsLast,
        isOneByOne: isOneByOne)
    }
    let together = graph(isOneByOne: false)
    let first = try outputs(of: together, types, batch: 1)
    let second = Result { try outputs(of: together, types, batch: 3) }
    if let second = try? second.get(), second == first.map({ [3] + $0.dropFirst() }) {
      return together
    }
    guard isOfOne, first.allSatisfy({ $0.first == 1 }) else {
      switch second {
      case .failure(let error) where first.allSatisfy { $0.first == 1 }:
        throw InteropError.fixedBatch(file: file, reason: "for three of them \(error)")
      default:
        throw InteropError.fixedBatch(
          file: file, reason: "outputs of one sample have the shapes \(first)")
      }
    }
    return graph(isOneByOne: true)
  }

  /// The shapes of the outputs for a batch.
  private func outputs(
    of graph: ONNXGraph, _ types: [TensorType], batch: Int
  ) throws -> [[Int]] {
    let inputs = types.map { type in
      Tensor.placeholder(TensorType(type.dtype, Shape([batch] + type.shape.dimensions)))
    }
    var weights = Weights()
    for weight in read.weights {
      weights.parameters[weight.name] = .placeholder(TensorType(.float32, weight.shape))
    }
    weights.state = weights.parameters
    let outputs = graph(inputs, &weights)
    for output in outputs {
      if let error = output.error { throw error }
    }
    return outputs.map(\.shape.dimensions)
  }
}
