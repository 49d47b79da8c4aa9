public import Foundation
import MoruArchive
import MoruData
public import MoruModels
public import MoruOptimizers

extension KerasFile {
  /// Saves a model for Keras: `.keras` for Keras 3, `.h5` for Keras 2 and later.
  ///
  /// Labels and preprocessing of data have no place there and stay behind, and so do loss and metrics:
  /// `model.compile(model.optimizer, loss)` in Keras goes on with the optimizer's progress.
  ///
  /// - Parameter progress: How far the model was trained, as an `OptimizerHandover` knows it after `fit`.
  ///   Keras 3.15 does not go on from `.h5` files, its own included.
  /// - Throws: `InteropError` naming what Keras has not; `ArchiveError` if the file cannot be written;
  ///   what was there stays.
  public static func write(
    _ model: TrainedModel, to url: URL, progress: OptimizerProgress? = nil
  ) throws {
    switch url.pathExtension.lowercased() {
    case "keras": try AtomicFile.write(archive(of: model, progress), to: url)
    case "h5", "hdf5": try HDF5File.write(layered(model, progress), to: url)
    default: throw InteropError.unknownFormat(file: url.lastPathComponent)
    }
  }

  /// The bytes of an archive of Keras 3.
  private static func archive(
    of model: TrainedModel, _ progress: OptimizerProgress?
  ) throws -> Data {
    var writer = KerasWriter(model, dialect: .three)
    let written = try writer.model(KerasWriter.describe(model.layer))
    var weights = HDF5Group(groups: ["layers": HDF5Group()])
    let known = Set(model.weights.keys)
    for variable in written.part.variables(known: known) {
      if let value = model.weights[variable.path] {
        weights.set(.numbers(value), at: variable.node)
      }
    }
    var config = writer.entry(written)
    if let progress {
      let kept = try KerasTraining.variables(of: progress, written.part, known: known)
      for (number, variable) in kept.enumerated() {
        weights.set(.numbers(variable.value), at: "optimizer/vars/\(number)")
      }
      var optimizer = try KerasTraining.description(of: progress.optimizer)
      optimizer["module"] = .text("keras.optimizers")
      optimizer["registered_name"] = .null
      config["compile_config"] = .object(["optimizer": optimizer])
    }
    let metadata: KerasValue = .object(["keras_version": .text(KerasDialect.three.version)])
    return try ZipArchive.encode([
      ("metadata.json", metadata.json()), ("config.json", config.json()),
      ("model.weights.h5", HDF5File.encode(weights)),
    ])
  }

  /// A file with a group for each layer.
  private static func layered(
    _ model: TrainedModel, _ progress: OptimizerProgress?
  ) throws -> HDF5Group {
    var writer = KerasWriter(model, dialect: .two)
    let written = try writer.model(KerasWriter.describe(model.layer))
    let version: [String: HDF5Value] = [
      "keras_version": .text(KerasDialect.two.version), "backend": .text("tensorflow"),
    ]
    var weights = HDF5Group(attributes: version)
    let known = Set(model.weights.keys)
    for (_, layer) in written.part.inner {
      let variables = layer.variables(known: known)
      let ordered = variables.filter(\.isTrainable) + variables.filter { !$0.isTrainable }
      var group = HDF5Group()
      for variable in ordered {
        if let value = model.weights[variable.path] {
          group.set(.numbers(value), at: variable.path + ":0")
        }
      }
      group.setNames(ordered.map { $0.path + ":0" }, "weight_names")
      weights.groups[layer.name] = group
    }
    weights.setNames(written.part.inner.map(\.part.name), "layer_names")
    let config = String(decoding: try writer.entry(written).json(), as: UTF8.self)
    var file = HDF5Group(
      attributes: version.merging(["model_config": .text(config)]) { $1 },
      groups: ["model_weights": weights])
    if let progress {
      let kept = try KerasTraining.variables(of: progress, written.part, known: known)
      var group = HDF5Group()
      for variable in kept { group.set(.numbers(variable.value), at: variable.name) }
      group.setNames(kept.map(\.name), "weight_names")
      file.groups["optimizer_weights"] = group
      let training: KerasValue = .object([
        "optimizer_config": try KerasTraining.description(of: progress.optimizer),
        "loss": .null, "metrics": .null, "weighted_metrics": .null, "loss_weights": .null,
      ])
      file.attributes["training_config"] = .text(
        String(decoding: try training.json(), as: UTF8.self))
    }
    return file
  }
}

extension HDF5Group {
  /// The most bytes that HDF5 keeps beside a group.
  private static let attributeLimit = 64_512

  /// Notes a list of names, divided among several attributes if it is long.
  fileprivate mutating func setNames(_ names: [String], _ attribute: String) {
    let width = names.map(\.utf8.count).max() ?? 1
    let share = max(1, Self.attributeLimit / max(width, 1))
    guard names.count > share else {
      attributes[attribute] = .texts(names)
      return
    }
    for (number, start) in stride(from: 0, to: names.count, by: share).enumerated() {
      attributes["\(attribute)\(number)"] = .texts(
        Array(names[start..<min(start + share, names.count)]))
    }
  }
}
