import HTTPTypes
import MoruArchive
import MoruData
import MoruServing

/// What can be wrong with a request before a model is asked.
enum ServerError: Error, Equatable, CustomStringConvertible {
  // Addresses
  /// Nothing is at this path.
  case unknownRoute(path: String)
  /// The path takes other methods.
  case method(String, allowed: String)

  // Bodies
  /// The body is of another type.
  case mediaType(String?)
  /// The body is larger than allowed.
  case bodySize(limit: Int)
  /// The texts or rows of a request become more numbers than allowed.
  case encodedSize(limit: Int)
  /// The time for a request is over.
  case timeLimit(seconds: Double)

  // JSON
  /// The text is not UTF-8.
  case notUTF8
  /// The text is not JSON.
  case json(line: Int, column: Int, expected: String, found: String?)
  /// Arrays and objects are nested too deeply.
  case depth(limit: Int)
  /// A member is missing.
  case missing(String, in: String, expected: String)
  /// A member that nobody reads.
  case unknownMember(String, in: String, nearest: String?)
  /// A value is of another kind than expected.
  case value(place: String, expected: String, found: String)
  /// A sample cannot be made from what was given.
  case content(String)

  var description: String {
    switch self {
    case .unknownRoute(let path):
      "There is nothing at '\(path)'. GET /openapi.json lists every address."
    case .method(let method, let allowed):
      "\(method) is not possible here. Use \(allowed)."
    case .mediaType(let type):
      "The body must be JSON, not \(type.map { "'\($0)'" } ?? "of unstated type"). "
        + "Send the header Content-Type: application/json."
    case .bodySize(let limit):
      "The body is larger than \(limit) bytes. Send fewer samples in each request."
    case .encodedSize(let limit):
      "The samples become more than \(limit) numbers. Send fewer samples in each request."
    case .timeLimit(let seconds):
      "The request took longer than \(seconds) seconds. Send it faster, or fewer samples at once."
    case .notUTF8: "The body is not UTF-8. Send JSON in UTF-8."
    case .json(let line, let column, let expected, let found):
      "The body is not JSON: at line \(line), column \(column), expected \(expected)"
        + (found.map { " but found \($0)" } ?? "") + "."
    case .depth(let limit):
      "The body nests arrays and objects deeper than \(limit) levels. Send the model's own shape."
    case .missing(let name, let part, let expected):
      "'\(name)' is missing in \(part). Pass \(expected)."
    case .unknownMember(let name, let part, let nearest):
      "'\(name)' means nothing in \(part)."
        + (nearest.map { " Did you mean '\($0)'?" } ?? " Leave it out.")
    case .value(let place, let expected, let found): "\(place) must be \(expected), not \(found)."
    case .content(let reason): reason
    }
  }
}

/// An error as an answer: the one table from errors to status codes.
struct ErrorAnswer {
  let status: HTTPResponse.Status
  let message: String
  var headers: HTTPFields = [:]

  init(_ error: any Error) {
    message = String(describing: error)
    switch error {
    case let error as ServerError: (status, headers) = Self.answer(to: error)
    case let error as ServingError: (status, headers) = Self.answer(to: error)
    default: (status, headers) = (.internalServerError, [:])
    }
  }

  private static func answer(to error: ServerError) -> (HTTPResponse.Status, HTTPFields) {
    switch error {
    case .unknownRoute: (.notFound, [:])
    case .method(_, let allowed): (.methodNotAllowed, [.allow: allowed])
    case .mediaType: (.unsupportedMediaType, [.accept: "application/json"])
    case .bodySize: (.contentTooLarge, [.connection: "close"])
    case .encodedSize: (.contentTooLarge, [:])
    case .timeLimit: (.requestTimeout, [.connection: "close"])
    case .notUTF8, .json, .depth, .missing, .unknownMember, .value, .content:
      (.badRequest, [:])
    }
  }

  private static func answer(to error: ServingError) -> (HTTPResponse.Status, HTTPFields) {
    switch error {
    case .unknownModel, .unknownVersion: (.notFound, [:])
    case .missingInput, .unknownInput, .unknownOutput, .shape, .inexact, .notFinite,
      .unequalBatch, .answerNotFinite:
      (.badRequest, [:])
    case .overloaded: (.tooManyRequests, [.retryAfter: "1"])
    case .notReady: (.serviceUnavailable, [.retryAfter: "1"])
    case .alreadyServed: (.conflict, [:])
    case .failed: (.internalServerError, [:])
    }
  }
}

extension ServerError {
  /// What is wrong with a body that cannot be read.
  init(_ problem: JSONProblem) {
    self =
      switch problem {
      case .notUTF8: .notUTF8
      case .grammar(let line, let column, let expected, let found):
        .json(line: line, column: column, expected: expected, found: found)
      case .depth(let limit): .depth(limit: limit)
      }
  }
}
