import MoruArchive
import MoruData
import MoruModels
import MoruServing
import MoruTensors

/// The server's description of itself: every route, with the signatures of the models it serves.
///
/// - Source: OpenAPI 3.1.0, https://spec.openapis.org/oas/v3.1.0.html
enum OpenAPI {
  /// The document for the present models.
  static func document(models: [ServedModel]) -> JSONValue {
    var paths: [JSONValue.Member] = [
      path("/", "get", "page", "A page on which a person tries the models.", page),
      path("/openapi.json", "get", "openapi", "This document.", answer(["type": "object"])),
      path("/metrics", "get", "metrics", "Figures for Prometheus.", text),
      path("/v2", "get", "server", "What the server is.", answer(reference("Server"))),
      path(
        "/v2/health/live", "get", "live", "Whether the server runs.",
        answer(flag("live"))),
      path(
        "/v2/health/ready", "get", "ready", "Whether every model answers.",
        answer(flag("ready"), errors: [503])),
    ]
    var schemas = commonSchemas
    let names = models.map(\.name.text)
    for (place, model) in models.enumerated() {
      let base = "\(model.name)_\(model.version)"
      schemas += ModelSchemas(model.signature).members(base)
      // Addresses without a version go to whichever is the default, so they are named once.
      if names.firstIndex(of: model.name.text) == place {
        paths += modelPaths(model, address: "\(model.name)", base: base, suffix: "")
      }
      paths += modelPaths(
        model, address: "\(model.name)/versions/\(model.version)", base: base,
        suffix: "_v\(model.version)")
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Moru inference server", "version": .string(InferenceServer.version),
        "description": "Predictions of the models that this server holds.",
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "paths": .object(paths),
      "components": ["schemas": .object(schemas)],
    ]
  }

  private static func modelPaths(
    _ model: ServedModel, address: String, base: String, suffix: String
  ) -> [JSONValue.Member] {
    let id = "\(model.name)\(suffix)"
    return [
      path(
        "/v1/models/\(address)", "get", "\(id)_status", "State of the model.",
        answer(reference("ModelStatus"), errors: [404])),
      path(
        "/v1/models/\(address):predict", "post", "\(id)_predict",
        "Predictions in TensorFlow Serving's form.",
        answer(reference("\(base)_Predictions"), errors: postErrors),
        body: reference("\(base)_Instances")),
      path(
        "/v2/models/\(address)", "get", "\(id)_metadata", "Inputs and outputs of the model.",
        answer(reference("ModelMetadata"), errors: [404])),
      path(
        "/v2/models/\(address)/ready", "get", "\(id)_ready", "Whether the model answers.",
        answer(flag("ready"), errors: [404, 503])),
      path(
        "/v2/models/\(address)/infer", "post", "\(id)_infer",
        "Predictions in the form of the Open Inference Protocol.",
        answer(reference("InferResponse"), errors: postErrors),
        body: reference("\(base)_Infer")),
    ]
  }

  // MARK: Parts of the document

  private static let postErrors = [400, 404, 408, 413, 415, 429, 500, 503]

  private static let meanings = [
    400: "The request is not what the model takes; the message says what is.",
    404: "There is no such model or version.",
    408: "The request took too long.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too many samples wait; ask again after Retry-After.",
    500: "The model could not be run.",
    503: "The model is being loaded or stopped.",
  ]

  private static func path(
    _ path: String, _ method: String, _ id: String, _ summary: String, _ responses: JSONValue,
    body: JSONValue? = nil
  ) -> JSONValue.Member {
    var operation: [JSONValue.Member] = [
      .init(name: "operationId", value: .string(id)),
      .init(name: "summary", value: .string(summary)),
    ]
    if let body {
      operation.append(
        .init(
          name: "requestBody",
          value: ["required": true, "content": ["application/json": ["schema": body]]]))
    }
    operation.append(.init(name: "responses", value: responses))
    return .init(name: path, value: .object([.init(name: method, value: .object(operation))]))
  }

  private static func answer(_ schema: JSONValue, errors: [Int] = []) -> JSONValue {
    var responses: [JSONValue.Member] = [
      .init(
        name: "200",
        value: [
          "description": "The answer.", "content": ["application/json": ["schema": schema]],
        ])
    ]
    for status in errors {
      responses.append(
        .init(
          name: String(status),
          value: [
            "description": .string(meanings[status] ?? "An error."),
            "content": ["application/json": ["schema": ["type": "object"]]],
          ]))
    }
    return .object(responses)
  }

  private static let page: JSONValue = [
    "200": ["description": "The page.", "content": ["text/html": ["schema": ["type": "string"]]]]
  ]
  private static let text: JSONValue = [
    "200": [
      "description": "The figures.", "content": ["text/plain": ["schema": ["type": "string"]]],
    ]
  ]

  static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/schemas/\(name)")]
  }

  private static func flag(_ name: String) -> JSONValue {
    [
      "type": "object", "required": .array([.string(name)]),
      "properties": .object([.init(name: name, value: ["type": "boolean"])]),
    ]
  }

  private static let tensorTypes = JSONValue.array(
    DType.allCases.map { .string($0.protocolName) })

  private static let commonSchemas: [JSONValue.Member] = [
    .init(
      name: "Server",
      value: [
        "type": "object", "required": ["name", "version", "extensions"],
        "properties": [
          "name": ["type": "string"], "version": ["type": "string"],
          "extensions": ["type": "array", "items": ["type": "string"]],
        ],
      ]),
    .init(
      name: "ModelStatus",
      value: [
        "type": "object", "required": ["model_version_status"],
        "properties": [
          "model_version_status": [
            "type": "array",
            "items": [
              "type": "object", "required": ["version", "state", "status"],
              "properties": [
                "version": ["type": "string"],
                "state": ["enum": ["LOADING", "AVAILABLE", "UNLOADING"]],
                "status": ["type": "object"],
              ],
            ],
          ]
        ],
      ]),
    .init(
      name: "TensorMetadata",
      value: [
        "type": "object", "required": ["name", "datatype", "shape"],
        "properties": [
          "name": ["type": "string"], "datatype": ["enum": tensorTypes],
          "shape": ["type": "array", "items": ["type": "integer"]],
        ],
      ]),
    .init(
      name: "ModelMetadata",
      value: [
        "type": "object", "required": ["name", "platform", "inputs", "outputs"],
        "properties": [
          "name": ["type": "string"], "platform": ["type": "string"],
          "versions": ["type": "array", "items": ["type": "string"]],
          "inputs": ["type": "array", "items": reference("TensorMetadata")],
          "outputs": ["type": "array", "items": reference("TensorMetadata")],
        ],
      ]),
    .init(
      name: "InferResponse",
      value: [
        "type": "object", "required": ["model_name", "outputs"],
        "properties": [
          "model_name": ["type": "string"], "model_version": ["type": "string"],
          "id": ["type": "string"],
          "outputs": [
            "type": "array",
            "items": [
              "type": "object", "required": ["name", "datatype", "shape", "data"],
              "properties": [
                "name": ["type": "string"], "datatype": ["enum": tensorTypes],
                "shape": ["type": "array", "items": ["type": "integer"]],
                "data": ["type": "array"],
              ],
            ],
          ],
        ],
      ]),
  ]
}
