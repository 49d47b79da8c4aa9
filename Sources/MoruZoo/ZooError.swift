public import MoruTensors

/// What can be wrong with what is asked of a known network.
public enum ZooError: Error, Equatable, CustomStringConvertible {
  /// No network has this name.
  case unknownNetwork(String, nearest: String?)
  /// The input's shape is not one that the network takes.
  case inputShape(Shape, network: String, wanted: String)
  /// The number of classes is not at least 1.
  case classes(Int)
  /// The softmax of one class tells nothing.
  case oneClass
  /// The network is not defined so.
  case undefined(network: String, Definition, known: [Definition])
  /// torchvision has no name for a weight of this network.
  case noTable(network: String, String)
  /// The file has no tensor for a weight.
  case missingTensor(String, path: String)
  /// A tensor has a shape that does not fit its weight.
  case tensorShape(String, found: Shape, path: String, wanted: Shape)
  /// Tensors of the file belong to no weight.
  case leftOver([String])

  public var description: String {
    switch self {
    case .unknownNetwork(let name, let nearest):
      "There is no network \"\(name)\". "
        + (nearest.map { "Did you mean \"\($0)\"?" } ?? "`moru zoo list` prints all of them.")
    case .inputShape(let shape, let network, let wanted):
      "\(network) does not take inputs of shape \(shape). Pass \(wanted)."
    case .classes(let count):
      "A network cannot tell \(count) classes apart. Pass at least 1."
    case .oneClass:
      "The softmax of one class is always 1. Pass activation: .sigmoid, or at least 2 classes."
    case .undefined(let network, let definition, let known):
      "\(network) is not defined by \(definition.rawValue). "
        + "Choose \(known.map(\.rawValue).joined(separator: " or "))."
    case .noTable(let network, let path):
      "torchvision has no name for the weight \(path) of \(network). "
        + "Draw one of its own networks, without layers of yours."
    case .missingTensor(let name, let path):
      "The file has no tensor \"\(name)\", which is to become the weight \(path). "
        + "Pass the weights of the same network with as many classes."
    case .tensorShape(let name, let found, let path, let wanted):
      "The tensor \"\(name)\" is of shape \(found), for the weight \(path) it must be \(wanted). "
        + "Draw the network with the file's number of classes and input shape."
    case .leftOver(let names):
      "The network has no place for \(names.count) tensors of the file, such as \"\(names[0])\". "
        + "Choose the network that the file was written for."
    }
  }
}
