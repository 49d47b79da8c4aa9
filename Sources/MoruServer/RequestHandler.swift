import HTTPTypes
import Hummingbird
import MoruArchive
import MoruData
import MoruServing
import MoruStudio
import MoruTensors
import NIOCore

/// Answers requests: finds the route, asks the model, words the errors.
struct RequestHandler: HTTPResponder {
  typealias Context = BasicRequestContext

  let models: ModelHost
  let limits: ServerLimits
  private let responses = ResponseCounter()

  init(models: ModelHost, limits: ServerLimits) {
    self.models = models
    self.limits = limits
  }

  func respond(to request: Request, context: Context) async throws -> Response {
    let response: Response
    do {
      let route = try Route(path: request.uri.path)
      try route.check(request.method)
      response =
        route.method == .post
        ? try await withTimeLimit { try await answer(route, to: request) }
        : try await answer(route, to: request)
    } catch let error where error is ServerError || error is ServingError {
      let answer = ErrorAnswer(error)
      response = json(["error": .string(answer.message)], answer.status, answer.headers)
    }
    responses.count(response.status.code)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(_ route: Route, to request: Request) async throws -> Response {
    switch route {
    case .page: return await page()
    case .openAPI: return json(OpenAPI.document(models: await models.models))
    case .metrics:
      let text = await Metrics.text(models: await models.models, statuses: responses.statuses)
      return text.response(as: Metrics.mediaType)
    case .status(let target): return json(try await status(target))
    case .predict(let target): return json(try await predict(target, request))
    case .server: return json(OpenInference.server)
    case .live: return json(["live": true])
    case .ready:
      let isReady = await models.isReady
      return json(["ready": .bool(isReady)], isReady ? .ok : .serviceUnavailable)
    case .metadata(let target):
      let model = try await models.model(target.model, version: target.version)
      let versions = try await models.versions(of: target.model).map(\.version)
      return json(OpenInference.metadata(of: model, versions: versions))
    case .modelReady(let target):
      let model = try await models.model(target.model, version: target.version)
      let isReady = model.state == .ready
      return json(
        ["name": .string(model.name.text), "ready": .bool(isReady)],
        isReady ? .ok : .serviceUnavailable)
    case .infer(let target): return json(try await infer(target, request))
    }
  }

  // MARK: Models

  private func predict(_ target: Route.Target, _ request: Request) async throws -> JSONValue {
    try await ask(target, request) { model, body in
      let question = try PredictRequest(
        body, signature: model.signature, limits: limits)
      return (question.inputs, { try question.answer($0, signature: model.signature) })
    }
  }

  private func infer(_ target: Route.Target, _ request: Request) async throws -> JSONValue {
    try await ask(target, request) { model, body in
      let question = try InferRequest(body, signature: model.signature, limits: limits)
      try question.checkOutputs(model.signature)
      return (question.inputs, { try question.answer($0, of: model) })
    }
  }

  private typealias Question = (
    inputs: [String: HostTensor], answer: ([HostTensor]) throws -> JSONValue
  )

  private func ask(
    _ target: Route.Target, _ request: Request,
    _ read: (ServedModel, JSONValue) throws -> Question
  ) async throws -> JSONValue {
    let model = try await models.model(target.model, version: target.version)
    let question: Question
    do {
      question = try read(model, try await body(of: request))
    } catch {
      model.refused()
      throw error
    }
    return try question.answer(try await model.predict(question.inputs))
  }

  /// TensorFlow Serving's model status.
  private func status(_ target: Route.Target) async throws -> JSONValue {
    let versions =
      target.version == nil
      ? try await models.versions(of: target.model)
      : [try await models.model(target.model, version: target.version)]
    return [
      "model_version_status": .array(
        versions.reversed().map { model in
          [
            "version": .string(String(model.version)),
            "state": .string(model.state.tensorFlowName),
            "status": ["error_code": "OK", "error_message": ""],
          ]
        })
    ]
  }

  private func page() async -> Response {
    let page = StudioPage(
      models: await models.defaults.map {
        StudioModel(name: $0.name.text, version: $0.version, signature: $0.signature)
      })
    return page.html.response(
      as: "text/html; charset=utf-8",
      [.contentSecurityPolicy: page.contentSecurityPolicy, .cacheControl: "no-store"])
  }

  // MARK: Bodies

  private func body(of request: Request) async throws -> JSONValue {
    let type = request.headers[.contentType]
    let essence = type?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
    guard essence == "application/json" else { throw ServerError.mediaType(essence) }
    let limit = limits.bodyBytes
    if let stated = request.headers[.contentLength].flatMap(Int.init), stated > limit {
      throw ServerError.bodySize(limit: limit)
    }
    var bytes = ByteBuffer()
    for try await part in request.body {
      guard bytes.readableBytes + part.readableBytes <= limit else {
        throw ServerError.bodySize(limit: limit)
      }
      bytes.writeImmutableBuffer(part)
    }
    do throws(JSONProblem) {
      return try JSONReader.value(of: bytes.readableBytesView, depthLimit: limits.depth)
    } catch { throw ServerError(error) }
  }

  private func json(
    _ value: JSONValue, _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    headers[.xContentTypeOptions] = "nosniff"
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(of: value))))
  }

  private func withTimeLimit(
    _ work: @escaping @Sendable () async throws -> Response
  ) async throws -> Response {
    let limit = limits.time
    return try await withThrowingTaskGroup(of: Response.self) { group in
      defer { group.cancelAll() }
      group.addTask(operation: work)
      group.addTask {
        try await Task.sleep(for: limit)
        throw ServerError.timeLimit(seconds: limit / .seconds(1))
      }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }
}

extension String {
  fileprivate func response(as mediaType: String, _ headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = mediaType
    headers[.xContentTypeOptions] = "nosniff"
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: self)))
  }
}

extension ModelState {
  /// The state in TensorFlow Serving's words.
  fileprivate var tensorFlowName: String {
    switch self {
    case .loading: "LOADING"
    case .ready: "AVAILABLE"
    case .stopping: "UNLOADING"
    }
  }
}
