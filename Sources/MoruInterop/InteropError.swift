public import MoruTensors

/// What can be wrong with a model of another framework, or with one that is to become such a model.
public enum InteropError: Error, Equatable, CustomStringConvertible {
  /// A file is no model, or its description is not understood.
  case unreadable(file: String, reason: String)
  /// A file holds weights alone.
  case weightsOnly(file: String)
  /// A layer of a kind that Moru has not.
  case unsupportedLayer(kind: String, place: String, advice: String)
  /// A layer that Moru has, with a setting that it has not.
  case unsupportedSetting(String, of: String, place: String, reason: String, advice: String)
  /// A setting whose value a layer refuses, with the layer's own words.
  case refusedSetting(String, of: String, place: String, reason: String)
  /// A file has no value for a weight.
  case missingWeight(path: String, file: String)
  /// A value is not of the weight's shape.
  case weightShape(path: String, expected: Shape, found: Shape, file: String)
  /// A layer has another number of weights in the file than it should have.
  case weightCount(layer: String, expected: Int, found: Int, file: String)
  /// An axis of an input has any size.
  case openInput(name: String, shape: String)
  /// Stated sizes that are not the file's, or more elements than can be counted.
  case inputShape(name: String, shape: String)
  /// A detail that the model has no place for.
  case unusedDetail(String, reason: String)
  /// Shapes were given for another number of inputs than the model has.
  case inputShapes(expected: Int, found: Int)
  /// A layer that a file of the other framework cannot hold.
  case notExportable(kind: String, place: String, advice: String)
  /// A file is no model of ONNX, or contradicts itself.
  case unreadableONNX(file: String, reason: String)
  /// Operators that are not known, each with the nodes that ask for them.
  case unsupportedOperators([String], advice: String, file: String)
  /// Operators of a version that is not known.
  case operatorSet(Int, file: String)
  /// Values that lie in other files.
  case externalData(String, place: String, file: String)
  /// Elements of a type that Moru has not.
  case elementType(String, place: String, file: String)
  /// Samples do not go through a network side by side.
  case fixedBatch(file: String, reason: String)
  /// A file's name does not tell a format.
  case unknownFormat(file: String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file) is not a model that can be read: \(reason). Save the model again with Keras."
    case .weightsOnly(let file):
      "\(file) holds weights without a model. Build the model and give it the weights by name, save the "
        + "whole model with Keras's model.save, or name a known network by --network."
    case .unsupportedLayer(let kind, let place, let advice):
      "\(place) is a layer of the kind \(kind), which is not supported. \(advice)"
    case .unsupportedSetting(let setting, let kind, let place, let reason, let advice):
      "\(place) (\(kind)): the setting \(setting) is not supported: \(reason). \(advice)"
    case .refusedSetting(let setting, let kind, let place, let reason):
      "\(place) (\(kind)): the setting \(setting) is not supported: \(reason)"
    case .missingWeight(let path, let file):
      "\(file) has no value for the weight \(path). Save the model again with its weights."
    case .weightShape(let path, let expected, let found, let file):
      "\(file) has a value of shape \(found) for the weight \(path), which has the shape "
        + "\(expected). Check that weights and model belong together."
    case .weightCount(let layer, let expected, let found, let file):
      "\(file) has \(found) weights for the layer \(layer), which has \(expected). Check that "
        + "weights and model belong together."
    case .openInput(let name, let shape):
      "The input \"\(name)\" has the shape \(shape), where None may be any size. State the sizes, "
        + "on the command line by --input-shape."
    case .inputShape(let name, let shape):
      "The input \"\(name)\" has the shape \(shape). State these sizes, or leave them out; they must be "
        + "small enough to be counted."
    case .unusedDetail(let detail, let reason):
      "\(detail) cannot be used: \(reason). Correct it, or leave it out."
    case .inputShapes(let expected, let found):
      "There are \(found) shapes for \(expected) inputs. State the shape of each, without the batch."
    case .notExportable(let kind, let place, let advice):
      "\(place) is a layer of the kind \(kind), which such a file cannot hold. \(advice)"
    case .unreadableONNX(let file, let reason):
      "\(file) is not an ONNX model that can be read: \(reason). Export the model again."
    case .unsupportedOperators(let places, let advice, let file):
      "\(file) has operators that are not supported: \(places.joined(separator: ", ")). \(advice)"
    case .operatorSet(let version, let file):
      "\(file) is of operator set \(version); 13 to 21 are read. Export the model with "
        + "opset_version=\(version < 13 ? 17 : 21), or convert it with onnx.version_converter."
    case .externalData(let path, let place, let file):
      "\(file) keeps \(place) in another file, \"\(path)\", and no file is opened that a file names. "
        + "Save the model as one file: onnx.save(model, path, save_as_external_data=False)."
    case .elementType(let type, let place, let file):
      "\(file) has elements of the type \(type) in \(place), which are not supported. Export the model "
        + "in float32, with int64 for whole numbers."
    case .fixedBatch(let file, let reason):
      "\(file) cannot be asked for samples side by side: \(reason). Export the model with a symbolic "
        + "batch size as its first axis, or for one sample."
    case .unknownFormat(let file):
      "\(file) is named like no format that is known. Name it .keras, .h5 or .onnx."
    }
  }
}
