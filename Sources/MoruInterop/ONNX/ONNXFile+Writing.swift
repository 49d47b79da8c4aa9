public import Foundation
import MoruArchive
import MoruGraph
import MoruLayers
public import MoruModels
import MoruONNXFormat
import MoruTensors
import SwiftProtobuf

extension ONNXFile {
  /// Batch sizes that the network is drawn for: primes that no other size is taken for.
  private static let batches = (1009, 1013)

  /// Saves a model for ONNX Runtime and others: what it computes when it predicts, for batches of any
  /// size, with its weights by their paths.
  ///
  /// Labels, decisions and the preparation of raw data lie in the file's metadata, where `read` finds
  /// them; other programs take numbers. Sequences are gone through by `Scan`. Numbers that look up rows
  /// must be there: other programs refuse those that Moru takes for the nearest.
  ///
  /// - Parameter operatorSet: The version of ONNX's operators, 13 to 21.
  /// - Throws: `InteropError` naming what ONNX has no operators for; `ArchiveError` if the file cannot be
  ///   written; what was there stays.
  public static func write(_ model: TrainedModel, to url: URL, operatorSet: Int = 17) throws {
    guard url.pathExtension.lowercased() == "onnx" else {
      throw InteropError.unknownFormat(file: url.lastPathComponent)
    }
    try AtomicFile.write(encode(model, operatorSet: operatorSet), to: url)
  }

  /// The bytes of a file.
  ///
  /// - Throws: As `write`.
  public static func encode(_ model: TrainedModel, operatorSet: Int = 17) throws -> Data {
    guard ONNXReader.operatorSets.contains(operatorSet) else {
      throw InteropError.operatorSet(operatorSet, file: "The model")
    }
    guard model.statefulBatchSize == nil else {
      throw InteropError.notExportable(
        kind: "stateful layer", place: "The model",
        advice: "It keeps states from batch to batch; build it without.")
    }
    let signature = model.signature
    let names = signature.inputs.map(\.name) + signature.outputs.map(\.name)
    guard Set(names).count == names.count else {
      throw InteropError.notExportable(
        kind: "Model", place: "The model",
        advice: "Give inputs and outputs names of their own: \(names.joined(separator: ", ")).")
    }
    let graphs = (
      try model.inferenceGraph(batch: batches.0), try model.inferenceGraph(batch: batches.1)
    )
    let draft = ONNXDraft(operatorSet: operatorSet, names: names)
    var writer = try ONNXGraphWriter(
      graphs.0, graphs.1, batches: batches, batchSource: signature.inputs[0].name, draft)
    for (value, input) in zip(graphs.0.inputs, signature.inputs) {
      writer.set(value, named: input.name)
    }
    for (value, weight) in zip(graphs.0.resident, model.declaration.weights) {
      if let host = model.weights[weight.path] { writer.state(value, host, weight.path) }
    }
    try writer.write()
    let inputs = signature.inputs.map {
      Onnx_ValueInfoProto($0.name, $0.dtype, [nil] + $0.shape.dimensions)
    }
    var graph = writer.finish(
      inputs: inputs, outputs: signature.outputs.map(\.name), name: "moru")
    let read = Set(graph.node.flatMap(\.names))
    let stated = draft.values(readBy: read)
    let paths = draft.freedPaths(readBy: read)
    graph.initializer = stated.initializers
    for place in graph.initializer.indices {
      let name = graph.initializer[place].name
      graph.initializer[place].name = paths[name] ?? name
    }
    graph.node = stated.constants + graph.node.map { $0.reading(paths) }
    return try message(graph, signature, operatorSet: operatorSet).serializedBytes()
  }

  private static func message(
    _ graph: Onnx_GraphProto, _ signature: ModelSignature, operatorSet: Int
  ) throws -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    // The first version of the format that knows the operators.
    model.irVersion = operatorSet < 15 ? 7 : operatorSet < 19 ? 8 : operatorSet < 21 ? 9 : 10
    model.producerName = "moru"
    model.producerVersion = moruVersion
    var operators = Onnx_OperatorSetIdProto()
    operators.version = Int64(operatorSet)
    model.opsetImport = [operators]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var entry = Onnx_StringStringEntryProto()
    entry.key = signatureKey
    entry.value = String(decoding: try encoder.encode(signature), as: UTF8.self)
    model.metadataProps = [entry]
    model.graph = graph
    return model
  }
}
