import Foundation

/// The Python of a virtual environment with other frameworks, which `scripts/test --interop` makes.
let peersPython = ProcessInfo.processInfo.environment["MORU_PEERS_VENV"].map {
  URL(filePath: $0).appending(path: "bin/python")
}

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
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map {
    $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }
}
