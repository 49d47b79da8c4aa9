import CDNNL
import CKernels
import Foundation
import MoruArchive

/// The file in which tuned choices outlive a process: one for each machine, number of threads, and
/// version of the libraries.
struct TuningFile {
  /// What choices depend on beside the computation.
  struct Environment: Codable, Equatable {
    let processor: String
    let instructionSet: String
    let threads: Int
    let dnnl: String
    let moru: String

    /// That of this process.
    init(threads: Int) {
      processor = String(cString: ck_processor_name())
      instructionSet = String(cString: ck_instruction_set())
      self.threads = threads
      dnnl = String(cString: cdnnl_version())
      moru = moruVersion
    }
  }

  private struct Content: Codable {
    let environment: Environment
    let choices: TunedChoices
  }

  /// Larger files are not of this program's making.
  private static let byteLimit = 4 << 20
  /// Files of other environments that are kept.
  private static let fileLimit = 16

  private let environment: Environment
  private let folder: URL

  /// - Parameter folder: Made when it is first written to.
  init(threads: Int, folder: URL) {
    environment = Environment(threads: threads)
    self.folder = folder
  }

  /// `$XDG_CACHE_HOME/moru/tuned`, by default `~/.cache/moru/tuned`.
  static var standardFolder: URL {
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
    let caches =
      given.hasPrefix("/")
      ? URL(filePath: given)
      : FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return caches.appending(path: "moru/tuned")
  }

  private var url: URL {
    let description =
      "\(environment.processor)\n\(environment.instructionSet)\n\(environment.threads)\n"
      + "\(environment.dnnl)\n\(environment.moru)"
    return folder.appending(
      path: "\(Checksum(of: Array(description.utf8)).hex.prefix(16)).json")
  }

  /// The choices kept; none if the file is missing, damaged or of another machine.
  func read() -> TunedChoices {
    let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
    guard let size, size <= Self.byteLimit, let data = try? Data(contentsOf: url),
      let content = try? JSONDecoder().decode(Content.self, from: data),
      content.environment == environment
    else { return TunedChoices() }
    return content.choices
  }

  /// Replaces the choices kept. A cache that cannot be written costs time, never a result.
  func write(_ choices: TunedChoices) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Content(environment: environment, choices: choices)) else {
      return
    }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? AtomicFile.write(data, to: url)
    removeOldest()
  }

  private func removeOldest() {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.contentModificationDateKey])
    let dated = (files ?? []).filter { $0.pathExtension == "json" }.map { file in
      let values = try? file.resourceValues(forKeys: [.contentModificationDateKey])
      return (file: file, date: values?.contentModificationDate ?? .distantPast)
    }
    for old in dated.sorted(by: { $0.date > $1.date }).dropFirst(Self.fileLimit) {
      try? FileManager.default.removeItem(at: old.file)
    }
  }
}
