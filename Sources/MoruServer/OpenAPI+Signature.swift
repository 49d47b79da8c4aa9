import MoruData
import MoruModels
import MoruTensors

/// The schemas of one model's requests and answers.
struct ModelSchemas {
  private let signature: ModelSignature

  init(_ signature: ModelSignature) { self.signature = signature }

  /// The schemas under names that begin with `base`.
  func members(_ base: String) -> [JSONValue.Member] {
    [
      .init(name: "\(base)_Instances", value: instances),
      .init(name: "\(base)_Predictions", value: predictions),
      .init(name: "\(base)_Infer", value: infer),
    ]
  }

  private var instances: JSONValue {
    let only = signature.inputs.count == 1 ? signature.inputs.first : nil
    let sample = only.map { anyOf(forms(of: $0) + [named(forms)]) } ?? named(forms)
    let columns = named { [["type": "array", "items": anyOf(forms(of: $0))]] }
    let lists = only.map { [["type": "array", "items": anyOf(forms(of: $0))] as JSONValue] } ?? []
    let tables = only?.content.table.map { [rowColumns($0)] } ?? []
    return [
      "oneOf": [
        [
          "type": "object", "required": ["instances"], "additionalProperties": false,
          "properties": [
            "instances": ["type": "array", "items": sample], "signature_name": signatureName,
          ],
        ],
        [
          "type": "object", "required": ["inputs"], "additionalProperties": false,
          "properties": [
            "inputs": anyOf(lists + [columns] + tables), "signature_name": signatureName,
          ],
        ],
      ]
    ]
  }

  private let signatureName: JSONValue = ["const": "serving_default"]

  private var predictions: JSONValue {
    let outputs = signature.outputs.map {
      JSONValue.Member(
        name: $0.name, value: nested($0.dtype, $0.shape.dimensions[...], $0.description))
    }
    let sample = outputs.count == 1 ? outputs[0].value : object(outputs)
    let columns = outputs.map {
      JSONValue.Member(name: $0.name, value: ["type": "array", "items": $0.value])
    }
    return [
      "type": "object",
      "properties": [
        "predictions": ["type": "array", "items": sample],
        "outputs": columns.count == 1 ? columns[0].value : object(columns),
      ],
    ]
  }

  private var infer: JSONValue {
    let inputs: [JSONValue] = signature.inputs.map { input in
      let isText = input.content.takesText
      let types = DType.allCases.map(\.protocolName) + (isText ? [OpenInference.textType] : [])
      return [
        "type": "object", "required": ["name", "shape", "datatype", "data"],
        "properties": [
          "name": ["const": .string(input.name)],
          "shape": [
            "type": "array", "items": ["type": "integer", "minimum": 0],
            "minItems": .number(Double(isText ? 1 : input.shape.rank + 1)),
            "maxItems": .number(Double(input.shape.rank + 1)),
            "description": .string(
              "[batch, \(input.shape.map(String.init).joined(separator: ", "))]"
                + (isText ? "; of texts [batch] or [batch, 1]" : "")),
          ],
          "datatype": ["enum": .array(types.map { .string($0) })],
          "parameters": ["type": "object"],
          "data": ["type": "array", "description": "Flat in row-major order, or nested."],
        ],
      ]
    }
    let count = JSONValue.number(Double(inputs.count))
    return [
      "type": "object", "required": ["inputs"], "additionalProperties": false,
      "properties": [
        "id": ["type": "string"], "parameters": ["type": "object"],
        "inputs": [
          "type": "array", "items": anyOf(inputs), "minItems": count, "maxItems": count,
        ],
        "outputs": [
          "type": "array",
          "items": [
            "type": "object", "required": ["name"],
            "properties": [
              "name": ["enum": .array(signature.outputs.map { .string($0.name) })],
              "parameters": ["type": "object"],
            ],
          ],
        ],
      ],
    ]
  }

  /// How a sample of an input may be given.
  private func forms(of input: ModelInput) -> [JSONValue] {
    var forms = [nested(input.dtype, input.shape.dimensions[...], input.batchDescription)]
    if let image = input.content.image {
      forms.append([
        "type": "object", "required": ["b64"], "additionalProperties": false,
        "description": .string(
          "A PNG or JPEG picture in Base64, brought to \(image.width) × \(image.height)."),
        "properties": ["b64": ["type": "string", "contentEncoding": "base64"]],
      ])
    }
    if let table = input.content.table {
      if let column = table.textColumn { forms.append(cell(column)) }
      forms.append(
        object(table.columns.map { .init(name: $0.name, value: cell($0)) }, required: []))
    }
    return forms
  }

  private func rowColumns(_ table: TableEncoding) -> JSONValue {
    object(
      table.columns.map { .init(name: $0.name, value: ["type": "array", "items": cell($0)]) },
      required: [])
  }

  private func cell(_ column: TableEncoding.Column) -> JSONValue {
    switch column.rule {
    case .number: ["type": ["number", "null"]]
    case .lookup: ["type": ["string", "number", "null"]]
    case .text:
      ["type": "string", "maxLength": .number(Double(TextVectorization.lengthLimit))]
    case .category(let categories, _):
      ["enum": .array(categories.map { .string($0) } + [.null])]
    }
  }

  private func named(_ forms: (ModelInput) -> [JSONValue]) -> JSONValue {
    object(signature.inputs.map { .init(name: $0.name, value: anyOf(forms($0))) })
  }

  private func object(_ members: [JSONValue.Member], required: [String]? = nil) -> JSONValue {
    let names = required ?? members.map(\.name)
    return [
      "type": "object", "properties": .object(members),
      "required": .array(names.map { .string($0) }),
    ]
  }

  private func anyOf(_ schemas: [JSONValue]) -> JSONValue {
    schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas)]
  }

  private func nested(_ dtype: DType, _ shape: ArraySlice<Int>, _ text: String) -> JSONValue {
    guard let size = shape.first else {
      return switch dtype {
      case .float32, .float64, .bfloat16: ["type": "number"]
      case .int32, .int64, .int8, .uint8: ["type": "integer"]
      case .bool: ["type": "boolean"]
      }
    }
    let count = JSONValue.number(Double(size))
    let inner = nested(dtype, shape.dropFirst(), "")
    var members: [JSONValue.Member] = [
      .init(name: "type", value: "array"), .init(name: "items", value: inner),
      .init(name: "minItems", value: count), .init(name: "maxItems", value: count),
    ]
    if !text.isEmpty { members.append(.init(name: "description", value: .string(text))) }
    return .object(members)
  }
}

extension ModelOutput {
  /// What the output means, in words.
  fileprivate var description: String {
    switch meaning {
    case .probabilities(let labels): "Probability of: " + labels.joined(separator: ", ")
    case .scores(let labels): "Scores of: " + labels.joined(separator: ", ")
    case .probability(let labels): "Probability of: " + (labels.last ?? "the second label")
    case .labelSet:
      "Probability of each label, which is given: "
        + (labelThresholds ?? []).map { "\($0.label) above \(Float($0.threshold))" }
        .joined(separator: ", ")
    case .value(let name, let unit): name + (unit.map { " in \($0)" } ?? "")
    case .forecast(let quantiles):
      "Forecast of each step ahead, the quantiles "
        + quantiles.map { "\(Float($0))" }.joined(separator: ", ")
    case .numbers: "Numbers"
    }
  }
}
