import Foundation

/// Chromium without a window, driven through the DevTools protocol over a pair of pipes: a message
/// is JSON and a zero byte.
///
/// - Source: https://chromedevtools.github.io/devtools-protocol/
final class Browser: @unchecked Sendable {
  // One test at a time uses it, from one thread: nothing is shared.
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  private let process = Process()
  private let commands = Pipe()
  private let replies = Pipe()
  private let profile: URL
  private var received = Data()
  private var lastNumber = 0
  private var session: String?

  init(language: String, width: Int, height: Int) throws {
    profile = FileManager.default.temporaryDirectory.appending(path: "moru-\(UUID())")
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "exec \(Self.path ?? "chromium") --headless --no-sandbox --disable-gpu --hide-scrollbars "
        + "--force-prefers-reduced-motion --disable-background-networking --no-first-run "
        + "--lang=\(language) "
        + "--accept-lang=\(language) --window-size=\(width),\(height) "
        + "--user-data-dir='\(profile.path)' --remote-debugging-pipe 3<&0 4>&1 >/dev/null 2>&1",
    ]
    process.standardInput = commands
    process.standardOutput = replies
    process.environment = ProcessInfo.processInfo.environment
      .merging(["LANGUAGE": language]) { $1 }
    try process.run()
  }

  func quit() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: profile)
  }

  /// Opens a page and waits until its scripts have run.
  func open(_ address: String) throws {
    let target = try call("Target.createTarget", ["url": "about:blank"])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    _ = try call("Page.enable", [:])
    _ = try call("Page.navigate", ["url": address])
    while try message()["method"] as? String != "Page.loadEventFired" {}
  }

  /// The value of an expression; promises are waited for.
  func evaluate(_ expression: String) throws -> String {
    let answer = try call(
      "Runtime.evaluate",
      ["expression": expression, "awaitPromise": true, "returnByValue": true])
    if let details = answer["exceptionDetails"] { throw SocketError(what: "\(details)") }
    let result = answer["result"] as? [String: Any] ?? [:]
    return result["value"].map { "\($0)" } ?? "\(answer)"
  }

  /// Draws a line with the mouse through points that are parts of the sheet's width and height.
  func draw(_ points: [(x: Double, y: Double)]) throws {
    let area = try evaluate(
      "(() => { const a = document.getElementById('draw').getBoundingClientRect();"
        + " return [a.left, a.top, a.width, a.height].join(' ') })()")
    let sizes = area.split(separator: " ").compactMap { Double($0) }
    guard sizes.count == 4 else { throw SocketError(what: "no sheet: \(area)") }
    for (place, point) in points.enumerated() {
      try mouse(
        place == 0 ? "mousePressed" : "mouseMoved", x: sizes[0] + point.x * sizes[2],
        y: sizes[1] + point.y * sizes[3])
    }
    guard let last = points.last else { return }
    try mouse(
      "mouseReleased", x: sizes[0] + last.x * sizes[2], y: sizes[1] + last.y * sizes[3])
  }

  private func mouse(_ type: String, x: Double, y: Double) throws {
    _ = try call(
      "Input.dispatchMouseEvent",
      ["type": type, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1])
  }

  /// A picture of the page as a PNG file.
  func screenshot() throws -> Data {
    let answer = try call("Page.captureScreenshot", ["format": "png"])
    return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
  }

  private func call(_ method: String, _ parameters: [String: Any]) throws -> [String: Any] {
    lastNumber += 1
    var command: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
    if let session { command["sessionId"] = session }
    try commands.fileHandleForWriting.write(
      contentsOf: JSONSerialization.data(withJSONObject: command) + Data([0]))
    while true {
      let message = try message()
      guard message["id"] as? Int == lastNumber else { continue }
      guard let result = message["result"] as? [String: Any] else {
        throw SocketError(what: "\(method): \(message)")
      }
      return result
    }
  }

  private func message() throws -> [String: Any] {
    while true {
      if let end = received.firstIndex(of: 0) {
        let text = Data(received[..<end])
        received = Data(received[(end + 1)...])
        return try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
      }
      let part = replies.fileHandleForReading.availableData
      guard !part.isEmpty else { throw SocketError(what: "the browser has gone") }
      received += part
    }
  }
}
