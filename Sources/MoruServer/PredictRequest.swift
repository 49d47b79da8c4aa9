import Foundation
import MoruArchive
import MoruData
import MoruModels
import MoruServing
import MoruTensors

/// A request in TensorFlow Serving's form: `{"instances": […]}`, sample by sample, or
/// `{"inputs": …}`, input by input.
///
/// - Source: TensorFlow Serving's RESTful API,
///   https://www.tensorflow.org/tfx/serving/api_rest#predict_api
struct PredictRequest {
  /// The samples of each input by name, batch axis first.
  let inputs: [String: HostTensor]
  /// Whether samples came one by one, so that answers do too.
  let isBySample: Bool

  /// Reads a request for a model of some signature.
  ///
  /// - Throws: `ServerError` or `ServingError` saying what was expected.
  init(_ body: JSONValue, signature: ModelSignature, limits: ServerLimits) throws {
    guard case .object(let members) = body else {
      throw ServerError.value(place: "The body", expected: Self.wanted, found: body.kind)
    }
    let known = ["instances", "inputs", "signature_name"]
    for member in members where !known.contains(member.name) {
      throw ServerError.unknownMember(
        member.name, in: "the body", nearest: nearest(member.name, among: known))
    }
    if let name = body["signature_name"], name != "serving_default" {
      throw ServerError.value(
        place: "'signature_name'", expected: "'serving_default'", found: "another name")
    }
    let reader = SampleReader(signature: signature, limits: limits)
    switch (body["instances"], body["inputs"]) {
    case (let instances?, nil):
      inputs = try reader.inputs(ofInstances: instances)
      isBySample = true
    case (nil, let columns?):
      inputs = try reader.inputs(ofColumns: columns)
      isBySample = false
    case (nil, nil):
      throw ServerError.missing("instances", in: "the body", expected: Self.wanted)
    case (_?, _?):
      throw ServerError.value(place: "The body", expected: Self.wanted, found: "both")
    }
  }

  private static let wanted = "an object with either 'instances' or 'inputs'"

  /// The answer: `{"predictions": […]}` or `{"outputs": …}`, as the request was.
  ///
  /// - Throws: `ServingError.answerNotFinite`.
  func answer(_ outputs: [HostTensor], signature: ModelSignature) throws -> JSONValue {
    var named: [JSONValue.Member] = []
    for (output, values) in zip(signature.outputs, outputs) {
      named.append(JSONValue.Member(name: output.name, value: try values.nested(output.name)))
    }
    guard isBySample else {
      return ["outputs": named.count == 1 ? named[0].value : .object(named)]
    }
    guard named.count != 1 else { return ["predictions": named[0].value] }
    let columns = named.map { ($0.name, $0.value.elements ?? []) }
    let count = columns.first?.1.count ?? 0
    return [
      "predictions": .array(
        (0..<count).map { sample in
          .object(columns.map { JSONValue.Member(name: $0, value: $1[sample]) })
        })
    ]
  }
}

/// Makes samples of numbers, texts, table rows and pictures.
struct SampleReader {
  let signature: ModelSignature
  let limits: ServerLimits

  private var names: [String] { signature.inputs.map(\.name) }

  func inputs(ofInstances value: JSONValue) throws -> [String: HostTensor] {
    guard let kind = value.elementKind else {
      throw ServerError.value(
        place: "'instances'", expected: "a list of samples", found: value.kind)
    }
    guard case .named(let first) = kind, isNamed(first) else {
      return try oneInput(value, place: "instances")
    }
    var lists: [String: [JSONValue]] = [:]
    for (place, instance) in (value.elements ?? []).enumerated() {
      guard case .object(let members) = instance else {
        throw ServerError.value(
          place: "instances[\(place)]", expected: "an object of the inputs", found: instance.kind)
      }
      for name in names where instance[name] == nil {
        throw ServerError.missing(
          name, in: "instances[\(place)]", expected: "each of the inputs \(names)")
      }
      for member in members { lists[member.name, default: []].append(member.value) }
    }
    return try inputs(lists.mapValues { .array($0).packed }, place: "instances")
  }

  func inputs(ofColumns value: JSONValue) throws -> [String: HostTensor] {
    guard case .object(let members) = value else { return try oneInput(value, place: "inputs") }
    if isNamed(members) {
      let named = members.map { ($0.name, $0.value) }
      return try inputs(Dictionary(named) { first, _ in first }, place: "inputs")
    }
    return try oneInput(rows(ofColumns: members), place: "inputs")
  }

  /// Whether an object gives inputs by name, rather than being a picture or a table row.
  private func isNamed(_ members: [JSONValue.Member]) -> Bool {
    guard let input = signature.inputs.first, names.count == 1 else { return true }
    guard let only = members.first, members.count == 1, only.name == input.name else {
      return false
    }
    // A table may have a column of the input's own name; its cells are plain values.
    let isColumn = input.content.table?.columns.contains { $0.name == input.name } == true
    return !isColumn || only.value.isNested
  }

  private func inputs(
    _ named: [String: JSONValue], place: String
  ) throws -> [String: HostTensor] {
    var result: [String: HostTensor] = [:]
    for (name, value) in named.sorted(by: { $0.key < $1.key }) {
      guard let input = signature.inputs.first(where: { $0.name == name }) else {
        throw ServingError.unknownInput(name, nearest: nearest(name, among: names), known: names)
      }
      result[name] = try samples(value, of: input, place: "\(place).\(name)")
    }
    return result
  }

  private func oneInput(_ value: JSONValue, place: String) throws -> [String: HostTensor] {
    guard let input = signature.inputs.first, signature.inputs.count == 1 else {
      throw ServerError.value(
        place: "'\(place)'", expected: "given by the names of the inputs \(names)",
        found: value.kind)
    }
    return [input.name: try samples(value, of: input, place: place)]
  }

  private func samples(
    _ value: JSONValue, of input: ModelInput, place: String
  ) throws -> HostTensor {
    switch value.elementKind {
    case nil:
      throw ServerError.value(
        place: "'\(place)'", expected: "a list of \(input.wanted)", found: value.kind)
    case .empty: return .zeros(Shape([0] + input.shape.dimensions), dtype: input.dtype)
    case .plain where input.content.takesText:
      return try texts(value.elements ?? [], of: input, place: place)
    case .plain, .list: return try value.tensor(of: input.dtype, place: "'\(place)'")
    case .named(let first):
      let isPicture = first.count == 1 && first[0].name == "b64"
      let elements = value.elements ?? []
      return isPicture
        ? try pictures(elements, of: input, place: place)
        : try rows(elements, of: input, place: place)
    }
  }

  private func texts(
    _ elements: [JSONValue], of input: ModelInput, place: String
  ) throws -> HostTensor {
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      guard let text = element.text else {
        throw ServerError.value(
          place: "\(place)[\(index)]", expected: "a text, as the others", found: element.kind)
      }
      texts.append(text)
    }
    return try encode(texts, of: input, place: place)
  }

  /// Texts as they come in either form of request.
  func encode(_ texts: [String], of input: ModelInput, place: String) throws -> HostTensor {
    try checkSize(texts.count, of: input)
    return try content { try input.encode(texts: texts, source: place) }
  }

  /// Few bytes of a request may become many numbers.
  private func checkSize(_ samples: Int, of input: ModelInput) throws(ServerError) {
    guard samples <= limits.encodedNumbers / max(input.shape.elementCount, 1) else {
      throw .encodedSize(limit: limits.encodedNumbers)
    }
  }

  private func pictures(
    _ elements: [JSONValue], of input: ModelInput, place: String
  ) throws -> HostTensor {
    var samples: [HostTensor] = []
    for (index, element) in elements.enumerated() {
      let name = "\(place)[\(index)]"
      guard let text = element["b64"]?.text, let file = Data(base64Encoded: text) else {
        throw ServerError.value(
          place: name, expected: "{\"b64\": \"…\"} with a PNG or JPEG file in Base64",
          found: element["b64"].map { $0.text == nil ? $0.kind : "other text" } ?? element.kind)
      }
      samples.append(
        try content {
          try input.encode(
            image: ImageFile.decode(file, name: name, pixelLimit: limits.picturePixels))
        })
    }
    return try HostTensor.concatenated(samples)
  }

  private func rows(
    _ elements: [JSONValue], of input: ModelInput, place: String
  ) throws -> HostTensor {
    guard let encoding = input.content.table else {
      throw ServerError.value(
        place: "'\(place)'", expected: "a list of \(input.wanted)", found: "a list of objects")
    }
    try checkSize(elements.count, of: input)
    var rows: [[String: CellValue]] = []
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element else {
        throw ServerError.value(
          place: "\(place)[\(index)]", expected: "an object of columns", found: element.kind)
      }
      var row: [String: CellValue] = [:]
      for member in members {
        guard let cell = CellValue(member.value) else {
          throw ServerError.value(
            place: "\(place)[\(index)].\(member.name)", expected: "a number, text or null",
            found: member.value.kind)
        }
        row[member.name] = cell
      }
      rows.append(row)
    }
    return try content { try encoding.encode(rows, source: place).converted(to: input.dtype) }
  }

  /// Rows of a table given column by column.
  private func rows(ofColumns members: [JSONValue.Member]) throws(ServerError) -> JSONValue {
    var columns: [(name: String, cells: [JSONValue])] = []
    for member in members {
      guard let cells = member.value.elements,
        cells.count == columns.first?.cells.count ?? cells.count
      else {
        throw .value(
          place: "inputs.\(member.name)", expected: "a list, as long as the other columns",
          found: member.value.kind)
      }
      columns.append((member.name, cells))
    }
    let count = columns.first?.cells.count ?? 0
    return .array(
      (0..<count).map { row in
        .object(columns.map { JSONValue.Member(name: $0.name, value: $0.cells[row]) })
      })
  }

  /// Passes on what a person should read of errors in pictures and rows.
  private func content(_ body: () throws -> HostTensor) throws(ServerError) -> HostTensor {
    do { return try body() } catch { throw .content(String(describing: error)) }
  }
}

/// What a list holds, by its first element.
private enum ElementKind {
  case empty
  case named([JSONValue.Member])
  case list
  case plain
}

extension JSONValue {
  /// What an array holds; nil for anything but an array.
  fileprivate var elementKind: ElementKind? {
    switch self {
    case .numbers: .plain
    case .array(let elements):
      switch elements.first {
      case nil: .empty
      case .object(let members): .named(members)
      case .array, .numbers: .list
      default: .plain
      }
    default: nil
    }
  }

  fileprivate var isNested: Bool {
    switch self {
    case .numbers, .array, .object: true
    default: false
    }
  }

  /// An array of plain numbers in packed form; other values as they are.
  fileprivate var packed: JSONValue {
    guard case .array(let elements) = self, !elements.isEmpty else { return self }
    var numbers: [Double] = []
    for element in elements {
      guard case .number(let number) = element else { return self }
      numbers.append(number)
    }
    return .numbers(numbers)
  }
}
