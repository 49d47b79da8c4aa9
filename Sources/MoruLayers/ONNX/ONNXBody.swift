import Foundation
public import MoruTensors

/// Nodes with what goes in and comes out: a network, or what a node repeats.
public struct ONNXBody: Codable, Sendable, Equatable {
  /// What is given from outside, in order.
  public let inputs: [String]
  /// What is made, in order.
  public let outputs: [String]
  /// The nodes, each after those that make its inputs.
  public let nodes: [ONNXNode]
  /// Values that the file states and training leaves alone.
  public let constants: [String: ONNXConstant]

  /// Nodes with what goes in and comes out.
  public init(
    inputs: [String], outputs: [String], nodes: [ONNXNode], constants: [String: ONNXConstant]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.nodes = nodes
    self.constants = constants
  }
}

/// An operator, what it reads and what it makes.
public struct ONNXNode: Codable, Sendable, Equatable {
  /// The node's name in messages; empty if it has none.
  public let name: String
  /// The operator: `Conv`.
  public let op: String
  /// The values that it reads; an empty name stands for one that is left out.
  public let inputs: [String]
  /// The values that it makes; an empty name stands for one that nobody reads.
  public let outputs: [String]
  /// Its settings.
  public let attributes: [String: ONNXAttribute]

  /// An operator, what it reads and what it makes.
  public init(
    name: String, op: String, inputs: [String], outputs: [String],
    attributes: [String: ONNXAttribute] = [:]
  ) {
    self.name = name
    self.op = op
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// Name and operator, for messages.
  public var place: String {
    let name = name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
    return "\(op) \"\(name)\""
  }
}

/// A setting of an operator.
public enum ONNXAttribute: Codable, Sendable, Equatable {
  case int(Int)
  case float(Float)
  case string(String)
  case tensor(ONNXConstant)
  case ints([Int])
  case floats([Float])
  case strings([String])
  indirect case graph(ONNXBody)
}

/// A value that a file states.
public struct ONNXConstant: Codable, Sendable, Equatable {
  /// The value.
  public let value: HostTensor

  /// A value that a file states.
  public init(_ value: HostTensor) { self.value = value }

  private enum CodingKeys: String, CodingKey { case dtype, shape, bytes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let dtype = try container.decode(DType.self, forKey: .dtype)
    let shape = try container.decode(Shape.self, forKey: .shape)
    let bytes = try container.decode(Data.self, forKey: .bytes)
    guard bytes.count == Shape.checkedElementCount(shape.dimensions + [dtype.byteCount]),
      dtype != .bool || bytes.allSatisfy({ $0 < 2 })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .bytes, in: container, debugDescription: "they do not fill the shape \(shape)")
    }
    value = HostTensor(shape: shape, dtype: dtype) { _ = bytes.copyBytes(to: $0) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(value.dtype, forKey: .dtype)
    try container.encode(value.shape, forKey: .shape)
    try container.encode(value.withUnsafeBytes { Data($0) }, forKey: .bytes)
  }
}
