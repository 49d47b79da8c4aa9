import Foundation

/// A child process of the built program `moru`.
struct MoruProcess {
  /// What a process left.
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String

    /// The last line of standard output as a JSON object.
    func json() throws -> [String: Any] {
      let line = output.split(separator: "\n").last ?? ""
      return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }

    /// Standard error, which for a failure is one line.
    var errorLine: String { errors.trimmingCharacters(in: .newlines) }
  }

  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  /// Starts `moru` in a folder.
  init(_ arguments: [String], in folder: URL) throws {
    // The program lies beside the bundle of these tests.
    let products = Bundle.main.executableURL?.deletingLastPathComponent()
    process.executableURL = products?.appending(path: "moru")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["COLUMNS": "80", "HOME": folder.path, "PATH": "/usr/bin:/bin"]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  /// Runs `moru` to its end.
  static func run(_ arguments: [String], in folder: URL) async throws -> Outcome {
    try await MoruProcess(arguments, in: folder).outcome()
  }

  /// Reads standard output or error until a text occurs, or to the end.
  ///
  /// - Returns: Whether the text occurred.
  func wait(for text: String, inErrors: Bool) -> Bool {
    self.text(until: text, inErrors: inErrors).contains(text)
  }

  /// What comes on standard output or error until a text occurs, or to the end.
  func text(until wanted: String, inErrors: Bool) -> String {
    let handle = (inErrors ? errors : output).fileHandleForReading
    var seen = Data()
    while true {
      let more = handle.availableData
      seen += more
      let text = String(decoding: seen, as: UTF8.self)
      if more.isEmpty || text.contains(wanted) { return text }
    }
  }

  /// Sends a signal.
  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// What the process leaves when it ends; a process that was killed has the code 128 + signal.
  func outcome() async throws -> Outcome {
    async let standardOutput = Self.rest(of: output)
    async let standardErrors = Self.rest(of: errors)
    let (outputData, errorData) = await (standardOutput, standardErrors)
    process.waitUntilExit()
    let wasKilled = process.terminationReason == .uncaughtSignal
    return Outcome(
      code: process.terminationStatus + (wasKilled ? 128 : 0),
      output: String(decoding: outputData, as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self))
  }

  private static func rest(of pipe: Pipe) async -> Data {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: handle.readDataToEndOfFile()) }
    }
  }
}
