import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// An answer as it came over the wire.
struct Answer {
  let status: Int
  /// Names in lower case.
  let headers: [String: String]
  let body: Data

  var text: String { String(decoding: body, as: UTF8.self) }
  /// The message of an error.
  var error: String? { (json as? [String: Any])?["error"] as? String }
  var json: Any? { try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed) }

  /// A member of the answer's object.
  subscript(name: String) -> Any? { (json as? [String: Any])?[name] }
}

struct SocketError: Error { let what: String }

/// A connection that sends exactly the bytes it is given: broken requests too.
///
/// Its calls block, and so run on threads of their own rather than on those of Swift's tasks, which
/// the server needs.
final class RawConnection {
  private let descriptor: Int32
  private var received: [UInt8] = []

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw SocketError(what: "cannot connect") }
  }

  deinit { close(descriptor) }

  func send(_ bytes: some Sequence<UInt8>) throws {
    let bytes = Array(bytes)
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // A server that refuses a body may close before all of it is sent.
      guard count > 0 else { return }
      start += count
    }
  }

  /// The next answer on the connection; nil if the server has closed it.
  ///
  /// - Parameter isHead: Whether HEAD was asked, so that no body follows whatever length is stated.
  func receive(isHead: Bool = false) throws -> Answer? {
    while true {
      if let answer = try takeAnswer(isHead: isHead) { return answer }
      var part = [UInt8](repeating: 0, count: 1 << 16)
      let count = recv(descriptor, &part, part.count, 0)
      guard count > 0 else { return nil }
      received += part[..<count]
    }
  }

  private func takeAnswer(isHead: Bool) throws -> Answer? {
    guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw SocketError(what: "no status in \(lines[0])")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    let length = isHead ? 0 : headers["content-length"].flatMap { Int($0) } ?? 0
    guard received.count >= end.upperBound + length else { return nil }
    let body = Data(received[end.upperBound..<end.upperBound + length])
    received.removeFirst(end.upperBound + length)
    return Answer(status: status, headers: headers, body: body)
  }
}

/// Asks a server over a new connection each time.
struct Client: Sendable {
  let port: Int

  func get(_ path: String) async throws -> Answer { try await send("GET", path) }

  func post(
    _ path: String, _ body: String, contentType: String? = "application/json"
  ) async throws -> Answer {
    try await send("POST", path, Data(body.utf8), contentType: contentType)
  }

  func send(
    _ method: String, _ path: String, _ body: Data? = nil, contentType: String? = nil
  ) async throws -> Answer {
    let request = Self.request(method, path, body, contentType: contentType)
    return try await connected { connection in
      try connection.send(request)
      guard let answer = try connection.receive() else { throw SocketError(what: "no answer") }
      return answer
    }
  }

  static func request(
    _ method: String, _ path: String, _ body: Data? = nil, contentType: String? = nil
  ) -> Data {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    if let contentType { head += "Content-Type: \(contentType)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    return Data((head + "\r\n").utf8) + (body ?? Data())
  }

  /// Runs blocking calls on a thread of their own.
  func connected<R: Sendable>(
    _ body: @escaping @Sendable (RawConnection) throws -> R
  ) async throws -> R {
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try body(RawConnection(port: port)) })
      }
    }
  }
}
