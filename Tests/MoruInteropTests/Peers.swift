import Foundation

/// The Python of a virtual environment with other frameworks, which `scripts/test --interop` makes.
let peersPython = ProcessInfo.processInfo.environment["MORU_PEERS_VENV"].map {
  URL(filePath: $0).appending(path: "bin/python")
}

/// Why a program ended before its work was done.
struct PeerFailure: Error { let end: String }

/// What a program of `Tests/Golden` says, split into lines and fields.
///
/// Other frameworks are more than 1 GB of Python that a build of Moru needs nothing of.
func peers(_ script: String, _ arguments: String...) throws -> [[String]] {
  let process = Process()
  process.executableURL = peersPython
  process.arguments = [kerasFile("../\(script)").path] + arguments
  process.environment = ProcessInfo.processInfo.environment.merging([
    "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3",
  ]) { $1 }
  let output = Pipe()
  process.standardOutput = output
  // TensorFlow has much to say: only the end of it tells why a program failed.
  let errors = URL.temporaryDirectory.appending(path: "peers-\(UUID()).txt")
  try Data().write(to: errors)
  defer { try? FileManager.default.removeItem(at: errors) }
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    let end = try Data(contentsOf: errors).suffix(1000)
    throw PeerFailure(end: String(decoding: end, as: UTF8.self))
  }
  return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map {
    $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}
