internal import Foundation

/// Where a table's bytes come from, so that they can be read more than once.
struct TableInput: Sendable {
  private enum Origin {
    case file(URL)
    case memory(Data)
  }

  /// The file's name, or another word for messages.
  let name: String
  private let origin: Origin

  init(file: URL) {
    name = file.lastPathComponent
    origin = .file(file)
  }

  init(_ bytes: Data, name: String) {
    self.name = name
    origin = .memory(bytes)
  }

  /// The text in UTF-8 from its beginning, decompressed where it is a gzip file; and how many bytes
  /// that are at most, if that is known.
  func open(_ encoding: TextEncoding) throws(DataError) -> (source: any ByteSource, bound: Int?) {
    var source: any ByteSource
    var bound: Int?
    switch origin {
    case .file(let url):
      let file = try FileSource(url, name: name)
      source = file
      bound = file.size > 0 ? file.size : nil
    case .memory(let bytes):
      source = MemorySource(bytes)
      bound = bytes.count
    }
    var start = [UInt8](repeating: 0, count: 2)
    start = Array(start[..<(try Self.fill(&start, from: source))])
    source = ResumedSource(start, then: source)
    if start == [0x1F, 0x8B] {
      source = try InflateSource(source, .gzip, name: name)
      bound = nil
    }
    if encoding != .utf8 {
      source = try RecodingSource(source, from: encoding, name: name)
      bound = nil
    }
    return (source, bound)
  }

  private static func fill(
    _ bytes: inout [UInt8], from source: any ByteSource
  ) throws(DataError) -> Int {
    let result: Result<Int, DataError> = bytes.withUnsafeMutableBytes { buffer in
      do throws(DataError) { return .success(try source.fill(buffer)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
