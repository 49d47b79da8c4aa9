public import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
public import MoruModels
public import MoruOptimizers
import MoruTensors

/// Models that Keras saved, and models for Keras.
///
/// Read are `.keras` archives and HDF5 files with a model (`.h5`), of Keras 2 and 3, in both of which
/// pictures have their channels last. Programs in a file are never run: a `Lambda` is refused.
///
/// - Source: https://keras.io/api/models/model_saving_apis and, for what files hold, Keras 2.2.4's and
///   3.15's own.
public enum KerasFile {
  /// Reads a model with its weights.
  ///
  /// - Throws: `InteropError` naming the layer, setting or weight; `ArchiveError` or `DataError` for a
  ///   damaged file; `GraphError` if layers do not fit each other.
  public static func read(_ url: URL, _ details: ImportDetails = ImportDetails()) throws
    -> TrainedModel
  {
    let data = try OpenFile(reading: url).readAll(limit: byteLimit)
    return try decode(data, name: url.lastPathComponent, details)
  }

  /// Most bytes of a file: 16 GiB.
  private static let byteLimit = 16 << 30

  /// Reads a model from a file in memory.
  ///
  /// - Parameter name: What error texts call it.
  /// - Throws: As `read`.
  public static func decode(
    _ data: Data, name: String, _ details: ImportDetails = ImportDetails()
  ) throws -> TrainedModel {
    try load(KerasContent(data, file: name), details).model
  }

  /// Reads how far a model was trained; nil if it was saved without an optimizer that is known.
  ///
  /// What the optimizer keeps is left out if its order is not known. An `OptimizerHandover` takes the
  /// progress into further training.
  ///
  /// - Throws: As `read`.
  public static func training(
    _ url: URL, _ details: ImportDetails = ImportDetails()
  ) throws -> OptimizerProgress? {
    let data = try OpenFile(reading: url).readAll(limit: byteLimit)
    let content = try KerasContent(data, file: url.lastPathComponent)
    guard let training = content.training else { return nil }
    let (model, part) = try load(content, details)
    return try KerasTraining.progress(
      training, variables: content.weights.optimizerVariables(), of: part, model.declaration,
      KerasDialect(version: content.version))
  }

  private static func load(
    _ content: KerasContent, _ details: ImportDetails
  ) throws -> (model: TrainedModel, part: KerasPart) {
    guard let description = content.description else {
      throw InteropError.weightsOnly(file: content.file)
    }
    var reader = KerasReader(
      file: content.file, dialect: KerasDialect(version: content.version))
    let (read, inputs) = try reader.model(description)
    let types = try ImportedSignature.types(of: inputs, details)
    let layer = try KerasReader.decode(read.ours)
    let declaration = try layer.declaration(inputs: types)
    try checkAxes(read.part, declaration)
    let values = try content.weights.values(of: read.part, declaration.weights)
    let ends = zip(inputs.map(\.name), types).map { (name: $0, type: $1) }
    let model = try TrainedModel(
      layer: layer, weights: values,
      signature: try ImportedSignature.signature(ends, layer, declaration, details))
    return (model, read.part)
  }

  /// Where Keras names the axis that ours takes, it must be the last one.
  private static func checkAxes(_ part: KerasPart, _ declaration: Declaration) throws {
    for part in part.all {
      guard let axis = part.axis, axis != -1,
        let call = declaration.calls.first(where: { $0.path == part.path }),
        axis != call.output.shape.rank - 1
      else { continue }
      throw InteropError.unsupportedSetting(
        "axis", of: part.className, place: "\"\(part.name)\"", reason: "it is \(axis)",
        advice: "Build the model with axis=-1 and channels last, and save it again.")
    }
  }
}

/// What a file of Keras holds, whatever its format.
struct KerasContent {
  let file: String
  let version: String?
  /// The model; nil in a file of weights.
  let description: KerasValue?
  let weights: KerasWeights
  /// The training that the model was prepared for, if any.
  let training: KerasValue?

  init(_ data: Data, file: String) throws {
    self.file = file
    guard data.starts(with: Array("PK".utf8)) else {
      let root = try HDF5File.decode(data, name: file)
      let config = root.attributes["model_config"]?.text
      func attribute(_ name: String) -> String? {
        root.attributes[name]?.text ?? root.groups["model_weights"]?.attributes[name]?.text
      }
      version = attribute("keras_version")
      guard version?.hasPrefix("1.") != true else {
        throw InteropError.unreadable(
          file: file, reason: "Keras 1 wrote it, which later versions of Keras read")
      }
      guard attribute("backend") != "theano" else {
        throw InteropError.unreadable(
          file: file,
          reason:
            "Keras wrote it with Theano, which turns kernels of convolutions round; Keras 2 with "
            + "TensorFlow turns them back")
      }
      description = try config.map { try KerasValue(json: Data($0.utf8), file: file) }
      training = try root.attributes["training_config"]?.text.map {
        try KerasValue(json: Data($0.utf8), file: file)
      }
      // Files of weights are of either layout.
      weights =
        config == nil && root.groups["layers"] != nil
        ? KerasWeights(archive: root, file: file) : KerasWeights(layers: root, file: file)
      return
    }
    let archive = try ZipArchive(data, name: file)
    func content(_ name: String) throws -> Data {
      guard let entry = archive.entries.first(where: { $0.name == name }) else {
        throw InteropError.unreadable(file: file, reason: "the archive has no \(name)")
      }
      return try archive.content(of: entry)
    }
    let metadata = try KerasValue(json: content("metadata.json"), file: file)
    let description = try KerasValue(json: content("config.json"), file: file)
    version = metadata["keras_version"]?.text
    training = description["compile_config"]?.known
    self.description = description
    weights = KerasWeights(
      archive: try HDF5File.decode(content("model.weights.h5"), name: "\(file)/model.weights.h5"),
      file: file)
  }
}
