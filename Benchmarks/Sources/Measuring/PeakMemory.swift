import Foundation

/// How far this process's resident memory has grown at its peak, as Linux counts it.
enum PeakMemory {
  /// Forgets the peak so far.
  ///
  /// - Returns: What is resident now.
  static func mark() throws -> Int {
    let now = try bytes("VmRSS:")
    try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    return now
  }

  /// The peak since the mark.
  static func sinceMark() throws -> Int { try bytes("VmHWM:") }

  private static func bytes(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
        Int($0)
      })
    else { throw CocoaError(.fileReadCorruptFile) }
    return kibibytes * 1024
  }
}
