import MoruArchive
import MoruData
import MoruModels
import MoruServing
import MoruTensors

/// The Open Inference Protocol, version 2, over HTTP and JSON.
///
/// - Source: https://github.com/kserve/open-inference-protocol, `specification/protocol`.
enum OpenInference {
  /// What the server is: the answer at `/v2`.
  static let server: JSONValue = [
    "name": "moru", "version": .string(InferenceServer.version), "extensions": [],
  ]

  /// What a model takes and gives.
  static func metadata(of model: ServedModel, versions: [Int]) -> JSONValue {
    [
      "name": .string(model.name.text),
      "versions": .array(versions.map { .string(String($0)) }),
      "platform": "moru",
      "inputs": .array(
        model.signature.inputs.map { input in
          // A text is one element; those who count tokens themselves may send the numbers.
          input.content.takesText
            ? tensor(input.name, textType, shape: [1])
            : tensor(input.name, input.dtype.protocolName, shape: input.shape)
        }),
      "outputs": .array(
        model.signature.outputs.map {
          tensor($0.name, $0.dtype.protocolName, shape: $0.shape)
        }),
    ]
  }

  /// The protocol's name for the type of texts.
  static let textType = "BYTES"

  private static func tensor(_ name: String, _ type: String, shape: Shape) -> JSONValue {
    [
      "name": .string(name), "datatype": .string(type),
      "shape": .numbers([-1] + shape.map { Double($0) }),
    ]
  }
}

/// A request for inference.
struct InferRequest {
  /// Given back in the answer.
  let id: String?
  /// The samples of each input by name, batch axis first.
  private(set) var inputs: [String: HostTensor] = [:]
  /// The outputs that are wanted, in order; all if nil.
  let outputs: [String]?

  /// Reads a request for a model of some signature.
  ///
  /// - Throws: `ServerError` or `ServingError` saying what was expected.
  init(_ body: JSONValue, signature: ModelSignature, limits: ServerLimits) throws {
    try body.requireObject("The body", members: ["id", "parameters", "inputs", "outputs"])
    id = try body["id"].map { id throws(ServerError) in
      guard let text = id.text else {
        throw ServerError.value(place: "'id'", expected: "a string", found: id.kind)
      }
      return text
    }
    guard let tensors = body["inputs"]?.elements, !tensors.isEmpty else {
      throw ServerError.missing(
        "inputs", in: "the body", expected: "a list with a tensor for each input")
    }
    outputs = try body["outputs"].map { value throws(ServerError) in
      try Self.outputNames(value)
    }
    let reader = SampleReader(signature: signature, limits: limits)
    for (place, value) in tensors.enumerated() {
      let (name, samples) = try Self.tensor(value, place: "inputs[\(place)]", reader)
      guard inputs.updateValue(samples, forKey: name) == nil else {
        throw ServerError.value(
          place: "'inputs'", expected: "each input once", found: "'\(name)' twice")
      }
    }
  }

  private static func outputNames(_ value: JSONValue) throws(ServerError) -> [String] {
    guard let wanted = value.elements else {
      throw .value(place: "'outputs'", expected: "a list of outputs", found: value.kind)
    }
    var names: [String] = []
    for (place, output) in wanted.enumerated() {
      try output.requireObject("outputs[\(place)]", members: ["name", "parameters"])
      names.append(try output.string("name", in: "outputs[\(place)]", expected: "its name"))
    }
    return names
  }

  private static func tensor(
    _ value: JSONValue, place: String, _ reader: SampleReader
  ) throws -> (name: String, HostTensor) {
    try value.requireObject(place, members: ["name", "shape", "datatype", "parameters", "data"])
    let name = try value.string("name", in: place, expected: "the input's name")
    let input = reader.signature.inputs.first { $0.name == name }
    let isText = input?.content.takesText == true
    let types = (DType.allCases.map(\.protocolName) + (isText ? [OpenInference.textType] : []))
      .joined(separator: ", ")
    let typeName = try value.string("datatype", in: place, expected: "one of \(types)")
    if let input, isText, typeName == OpenInference.textType {
      return (name, try texts(value, of: input, place: place, reader))
    }
    guard let dtype = DType.allCases.first(where: { $0.protocolName == typeName }) else {
      throw ServerError.value(
        place: "\(place).datatype", expected: "one of \(types)", found: "another type")
    }
    let sizes = try shape(value["shape"], place: place)
    guard let data = value["data"] else {
      throw ServerError.missing("data", in: place, expected: "its values as a flat or nested list")
    }
    let samples = try data.tensor(of: dtype, place: "\(place).data")
    let isFlat = samples.shape.rank == 1
    guard
      isFlat
        ? samples.count == Shape.checkedElementCount(sizes) : samples.shape.dimensions == sizes,
      let shaped = try? samples.reshaped(to: Shape(sizes))
    else {
      throw ServerError.value(
        place: "\(place).data", expected: "of the stated shape \(sizes)",
        found: isFlat ? "\(samples.count) values" : "of shape \(samples.shape)")
    }
    return (name, shaped)
  }

  /// Texts of shape `[batch]` or `[batch, 1]`, flat or nested.
  private static func texts(
    _ value: JSONValue, of input: ModelInput, place: String, _ reader: SampleReader
  ) throws -> HostTensor {
    let sizes = try shape(value["shape"], place: place)
    guard let data = value["data"]?.elements else {
      throw ServerError.missing("data", in: place, expected: "its texts as a flat or nested list")
    }
    var texts: [String] = []
    for (index, element) in data.enumerated() {
      let inner = element.elements
      guard let text = element.text ?? (inner?.count == 1 ? inner?[0].text : nil) else {
        throw ServerError.value(
          place: "\(place).data[\(index)]", expected: "a text",
          found: inner?.first?.kind ?? element.kind)
      }
      texts.append(text)
    }
    guard sizes == [texts.count] || sizes == [texts.count, 1] else {
      throw ServerError.value(
        place: "\(place).data", expected: "of the stated shape \(sizes)",
        found: "\(texts.count) texts")
    }
    return try reader.encode(texts, of: input, place: "\(place).data")
  }

  private static func shape(_ value: JSONValue?, place: String) throws(ServerError) -> [Int] {
    guard let value else { throw .missing("shape", in: place, expected: "a list of sizes") }
    var sizes: [Int] = []
    for size in value.elements ?? [.null] {
      guard case .number(let number) = size, let whole = Int(exactly: number), whole >= 0 else {
        throw .value(
          place: "\(place).shape", expected: "a list of whole numbers from 0",
          found: "something else")
      }
      sizes.append(whole)
    }
    return sizes
  }

  /// The answer with the outputs that are wanted.
  ///
  /// - Throws: `ServingError.answerNotFinite`.
  func answer(_ outputs: [HostTensor], of model: ServedModel) throws(ServingError) -> JSONValue {
    let signature = model.signature
    var members: [JSONValue.Member] = [
      .init(name: "model_name", value: .string(model.name.text)),
      .init(name: "model_version", value: .string(String(model.version))),
    ]
    if let id { members.append(.init(name: "id", value: .string(id))) }
    var tensors: [JSONValue] = []
    for name in self.outputs ?? signature.outputs.map(\.name) {
      guard let place = signature.outputs.firstIndex(where: { $0.name == name }) else { continue }
      var tensor: [JSONValue.Member] = [
        .init(name: "name", value: .string(name)),
        .init(name: "datatype", value: .string(outputs[place].dtype.protocolName)),
        .init(name: "shape", value: .numbers(outputs[place].shape.map { Double($0) })),
      ]
      if let thresholds = signature.outputs[place].labelThresholds {
        // Parameters are plain values in the protocol.
        let limits = thresholds.map {
          JSONValue.Member(name: "threshold.\($0.label)", value: .number($0.threshold))
        }
        tensor.append(.init(name: "parameters", value: .object(limits)))
      }
      tensor.append(.init(name: "data", value: .array(try outputs[place].elements(of: name))))
      tensors.append(.object(tensor))
    }
    members.append(.init(name: "outputs", value: .array(tensors)))
    return .object(members)
  }

  /// Refuses outputs that the model does not have, before it is run.
  ///
  /// - Throws: `ServingError.unknownOutput`.
  func checkOutputs(_ signature: ModelSignature) throws(ServingError) {
    let known = signature.outputs.map(\.name)
    for name in outputs ?? [] where !known.contains(name) {
      throw .unknownOutput(name, nearest: nearest(name, among: known), known: known)
    }
  }
}

extension JSONValue {
  /// Refuses anything but an object of known members.
  fileprivate func requireObject(_ place: String, members known: [String]) throws(ServerError) {
    guard case .object(let members) = self else {
      throw .value(place: place, expected: "an object", found: kind)
    }
    for member in members where !known.contains(member.name) {
      throw .unknownMember(
        member.name, in: place == "The body" ? "the body" : place,
        nearest: nearest(member.name, among: known))
    }
  }

  fileprivate func string(
    _ name: String, in place: String, expected: String
  ) throws(ServerError) -> String {
    guard let value = self[name] else { throw .missing(name, in: place, expected: expected) }
    guard let text = value.text else {
      throw .value(place: "\(place).\(name)", expected: "a string", found: value.kind)
    }
    return text
  }
}

extension DType {
  /// The type's name in the protocol.
  var protocolName: String {
    switch self {
    case .float32: "FP32"
    case .float64: "FP64"
    case .bfloat16: "BF16"
    case .int32: "INT32"
    case .int64: "INT64"
    case .int8: "INT8"
    case .uint8: "UINT8"
    case .bool: "BOOL"
    }
  }
}
