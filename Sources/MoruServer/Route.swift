import Foundation
import HTTPTypes

/// What an address stands for. Every address of the server is a case here.
enum Route: Equatable {
  /// A model, and the version if the address names one.
  struct Target: Equatable {
    let model: String
    let version: String?
  }

  case page
  case openAPI
  case metrics
  case status(Target)
  case predict(Target)
  case server
  case live
  case ready
  case metadata(Target)
  case modelReady(Target)
  case infer(Target)

  /// The route at a path; percent signs are decoded.
  ///
  /// - Throws: `ServerError.unknownRoute`.
  init(path: String) throws(ServerError) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    guard let route = Self.route(Array(parts)) else { throw .unknownRoute(path: path) }
    self = route
  }

  private static func route(_ parts: [Substring]) -> Route? {
    switch parts {
    case [], [""]: .page
    case ["openapi.json"]: .openAPI
    case ["metrics"]: .metrics
    case ["v2"]: .server
    case ["v2", "health", "live"]: .live
    case ["v2", "health", "ready"]: .ready
    default: modelRoute(parts)
    }
  }

  private static func modelRoute(_ parts: [Substring]) -> Route? {
    guard parts.count >= 3, parts[1] == "models", var last = parts.last else { return nil }
    var names = Array(parts[2...])
    var verb: Substring?
    if parts[0] == "v1", let mark = last.lastIndex(of: ":") {
      verb = last[last.index(after: mark)...]
      last = last[..<mark]
      names[names.count - 1] = last
    } else if parts[0] == "v2", names.count.isMultiple(of: 2) {
      verb = names.removeLast()
    }
    guard let target = target(names) else { return nil }
    return switch (parts[0], verb) {
    case ("v1", nil): .status(target)
    case ("v1", "predict"): .predict(target)
    case ("v2", nil): .metadata(target)
    case ("v2", "ready"): .modelReady(target)
    case ("v2", "infer"): .infer(target)
    default: nil
    }
  }

  /// `NAME` or `NAME/versions/VERSION`.
  private static func target(_ parts: [Substring]) -> Target? {
    let decoded = parts.compactMap { $0.removingPercentEncoding }
    guard decoded.count == parts.count, !decoded.contains("") else { return nil }
    return switch decoded.count {
    case 1: Target(model: decoded[0], version: nil)
    case 3 where decoded[1] == "versions": Target(model: decoded[0], version: decoded[2])
    default: nil
    }
  }

  /// The method that the route takes; HEAD goes wherever GET does.
  var method: HTTPRequest.Method {
    switch self {
    case .predict, .infer: .post
    case .page, .openAPI, .metrics, .status, .server, .live, .ready, .metadata, .modelReady: .get
    }
  }

  /// Refuses a method that the route does not take.
  ///
  /// - Throws: `ServerError.method`.
  func check(_ method: HTTPRequest.Method) throws(ServerError) {
    let allowed: [HTTPRequest.Method] = self.method == .get ? [.get, .head] : [.post]
    guard allowed.contains(method) else {
      throw .method(
        method.rawValue, allowed: allowed.map(\.rawValue).joined(separator: ", "))
    }
  }
}
