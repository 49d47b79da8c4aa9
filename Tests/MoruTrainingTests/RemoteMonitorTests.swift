import Foundation
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruTraining
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A server on the loopback interface that answers each request with a status and keeps its text.
private final class LoopbackServer: Sendable {
  let port: UInt16
  private let socket: Int32
  private let received = Mutex<[String]>([])

  init(status: String) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listening = socket
    let isBound = withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return bind(listening, pointer, size) == 0 && listen(listening, 8) == 0
        && getsockname(listening, pointer, &size) == 0
    }
    try #require(isBound)
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [self] in serve(status: status) }
    thread.start()
  }

  deinit { close(socket) }

  var requests: [String] { received.withLock { $0 } }

  /// Ends the server; its thread ends with the next request that it does not get.
  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  private func serve(status: String) {
    while true {
      let connection = accept(socket, nil, nil)
      guard connection >= 0 else { return }
      var text = ""
      var buffer = [UInt8](repeating: 0, count: 4096)
      while !isComplete(text) {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        text += String(decoding: buffer[..<count], as: UTF8.self)
      }
      received.withLock { $0.append(text) }
      let answer = "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
      _ = send(connection, answer, answer.utf8.count, 0)
      close(connection)
    }
  }

  private func isComplete(_ text: String) -> Bool {
    guard let end = text.range(of: "\r\n\r\n"),
      let length = text.firstMatch(of: /Content-Length: (\d+)/.ignoresCase()).flatMap({ Int($0.1) })
    else { return false }
    return text[end.upperBound...].utf8.count >= length
  }
}

@Suite("A remote monitor") struct RemoteMonitorTests {
  private func fit(_ url: String) async throws -> [String] {
    let warnings = Mutex<[String]>([])
    let monitor = RemoteMonitor(
      try #require(URL(string: url)), headers: ["X-Run": "7"], timeout: .seconds(5))
    let watch = LambdaCallback(onTrainingEnded: { training in
      warnings.withLock { $0 = training.warnings }
    })
    let trained = try await Digits.mlp.fit(
      Digits.load(count: 100), epochs: 2, optimizer: .sgd(),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], callbacks: [monitor, watch])
    #expect(trained.training?.epochs.count == 2)
    return warnings.withLock { $0 }
  }

  @Test("is sent each epoch's figures as JSON")
  func sends() async throws {
    let server = try LoopbackServer(status: "200 OK")
    defer { server.stop() }
    #expect(try await fit("http://127.0.0.1:\(server.port)/publish/epoch/end/") == [])
    #expect(server.requests.count == 2)
    for (place, request) in server.requests.enumerated() {
      #expect(request.hasPrefix("POST /publish/epoch/end/ HTTP/1.1\r\n"))
      #expect(request.contains("Content-Type: application/json\r\n"))
      #expect(request.contains("X-Run: 7\r\n"))
      let body = Data(try #require(request.components(separatedBy: "\r\n\r\n").last).utf8)
      let figures = try JSONDecoder().decode([String: Double].self, from: body)
      #expect(figures["epoch"] == Double(place + 1))
      #expect(Set(figures.keys) == ["epoch", "loss", "accuracy", "seconds"])
    }
  }

  @Test("that answers with an error is warned of, once, and the training goes on")
  func refuses() async throws {
    let server = try LoopbackServer(status: "503 Service Unavailable")
    defer { server.stop() }
    let warnings = try await fit("http://127.0.0.1:\(server.port)/")
    #expect(
      warnings == [
        "remoteMonitor could not send figures to 127.0.0.1: it answered with status 503. "
          + "The training goes on."
      ])
  }

  @Test("that is not there is warned of, once, and the training goes on")
  func missing() async throws {
    let server = try LoopbackServer(status: "200 OK")
    server.stop()
    let warnings = try await fit("http://127.0.0.1:\(server.port)/")
    #expect(warnings.count == 1)
  }
}
