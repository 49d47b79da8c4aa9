internal import CZlib
package import Foundation

/// The files of a ZIP archive in memory, found through its central directory.
///
/// - Source: PKWARE, "APPNOTE.TXT – .ZIP File Format Specification", 6.3.10.
package struct ZipArchive {
  /// One file.
  package struct Entry {
    package let name: String
    /// 0 as it is, 8 deflated.
    let method: Int
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    /// Where its own header begins.
    let offset: Int
  }

  /// Most files of an archive.
  private static let entryLimit = 1 << 16
  /// No deflated byte stands for more.
  private static let greatestRatio = 1032

  private let name: String
  private let bytes: Data
  package private(set) var entries: [Entry] = []

  /// Reads the directory. All sizes are checked against the archive's own and `FileBytes.limit` before
  /// anything is taken out.
  package init(_ bytes: Data, name: String) throws(DataError) {
    self.bytes = bytes
    self.name = name
    let directory = try findDirectory()
    var position = directory.offset
    var total = 0
    for _ in 0..<directory.count {
      let (entry, end) = try readEntry(at: position)
      // A directory's limits hold for its sum: entries may share bytes.
      total += entry.size
      guard total <= FileBytes.limit else {
        throw .tooLarge(file: name, limit: FileBytes.limit, unit: "bytes")
      }
      entries.append(entry)
      position = end
    }
    guard Set(entries.map(\.name)).count == entries.count else {
      throw damaged("two files in it have the same name")
    }
  }

  private func damaged(_ detail: String) -> DataError { .damaged(file: name, detail: detail) }

  /// A little-endian number of up to eight bytes.
  private func number(at position: Int, _ length: Int) throws(DataError) -> Int {
    guard position >= 0, length <= bytes.count, position <= bytes.count - length else {
      throw damaged("the ZIP archive ends early")
    }
    let start = bytes.startIndex + position
    let value = bytes[start..<start + length].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value) else {
      throw damaged("the ZIP archive announces an impossible size")
    }
    return number
  }

  /// The end record stands at the very end, behind it only a comment whose length it tells.
  private func findDirectory() throws(DataError) -> (offset: Int, count: Int) {
    let last = bytes.count - 22
    var position = last
    while position >= max(0, last - 0xFFFF) {
      if try number(at: position, 4) == 0x0605_4B50,
        try number(at: position + 20, 2) == last - position
      {
        break
      }
      position -= 1
    }
    guard position >= max(0, last - 0xFFFF) else { throw damaged("this is not a ZIP archive") }
    var count = try number(at: position + 10, 2)
    var offset = try number(at: position + 16, 4)
    if count == 0xFFFF || offset == 0xFFFF_FFFF, position >= 20,
      try number(at: position - 20, 4) == 0x0706_4B50
    {
      let record = try number(at: position - 20 + 8, 8)
      guard record <= bytes.count, try number(at: record, 4) == 0x0606_4B50 else {
        throw damaged("the ZIP archive's directory is not where it should be")
      }
      count = try number(at: record + 32, 8)
      offset = try number(at: record + 48, 8)
    }
    guard count <= Self.entryLimit else {
      throw .tooLarge(file: name, limit: Self.entryLimit, unit: "files")
    }
    return (offset, count)
  }

  private func readEntry(at position: Int) throws(DataError) -> (entry: Entry, end: Int) {
    guard position <= bytes.count, try number(at: position, 4) == 0x0201_4B50 else {
      throw damaged("the ZIP archive's directory is damaged")
    }
    guard try number(at: position + 8, 2) & 1 == 0 else {
      throw damaged("the ZIP archive is encrypted")
    }
    let nameLength = try number(at: position + 28, 2)
    let extraLength = try number(at: position + 30, 2)
    let end = position + 46 + nameLength + extraLength + (try number(at: position + 32, 2))
    guard end <= bytes.count else { throw damaged("the ZIP archive ends early") }
    let nameStart = bytes.startIndex + position + 46
    let nameBytes = bytes[nameStart..<nameStart + nameLength]
    guard let entryName = String(validating: nameBytes, as: UTF8.self) else {
      throw damaged("a file's name in the ZIP archive is not UTF-8")
    }
    var sizes = [
      try number(at: position + 24, 4), try number(at: position + 20, 4),
      try number(at: position + 42, 4),
    ]
    try readLargeSizes(&sizes, from: position + 46 + nameLength, count: extraLength)
    let entry = Entry(
      name: entryName, method: try number(at: position + 10, 2),
      checksum: UInt32(try number(at: position + 16, 4)), compressedSize: sizes[1],
      size: sizes[0], offset: sizes[2])
    guard entry.size <= FileBytes.limit, entry.compressedSize <= bytes.count,
      entry.offset <= bytes.count,
      entry.size <= max(entry.compressedSize, 1) * Self.greatestRatio,
      entry.method == 8 || entry.size == entry.compressedSize
    else { throw damaged("'\(entryName)' in the ZIP archive announces an impossible size") }
    return (entry, end)
  }

  /// Numbers of eight bytes for those that four cannot hold: size, compressed size and offset.
  private func readLargeSizes(
    _ sizes: inout [Int], from start: Int, count: Int
  ) throws(DataError) {
    var position = start
    while position + 4 <= start + count {
      let length = try number(at: position + 2, 2)
      if try number(at: position, 2) == 1 {
        var field = position + 4
        for place in sizes.indices where sizes[place] == 0xFFFF_FFFF {
          sizes[place] = try number(at: field, 8)
          field += 8
        }
      }
      position += 4 + length
    }
  }

  /// A file's bytes, compared with their checksum.
  package func content(of entry: Entry) throws(DataError) -> Data {
    let title = "\(name)/\(entry.name)"
    guard try number(at: entry.offset, 4) == 0x0403_4B50 else {
      throw damaged("'\(entry.name)' is not where the ZIP archive's directory says")
    }
    let start =
      entry.offset + 30 + (try number(at: entry.offset + 26, 2))
      + (try number(at: entry.offset + 28, 2))
    guard start <= bytes.count - entry.compressedSize else {
      throw damaged("the ZIP archive ends early")
    }
    let first = bytes.startIndex + start
    let stored = bytes[first..<first + entry.compressedSize]
    let content: Data
    switch entry.method {
    case 0: content = Data(stored)
    case 8:
      content = try FileBytes.all(
        of: InflateSource(MemorySource(Data(stored)), .none, name: title), name: title,
        limit: entry.size)
    default: throw damaged("'\(entry.name)' is compressed in another way than deflate")
    }
    guard content.count == entry.size, Self.checksum(content) == entry.checksum else {
      throw .damaged(file: title, detail: "the content is not what its checksum says")
    }
    return content
  }

  static func checksum(_ bytes: Data) -> UInt32 {
    bytes.withUnsafeBytes { all in
      var checksum = crc32(0, nil, 0)
      var offset = 0
      while offset < all.count {
        let count = min(all.count - offset, 1 << 30)
        let start = all.baseAddress?.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        checksum = crc32(checksum, start, UInt32(count))
        offset += count
      }
      return UInt32(truncatingIfNeeded: checksum)
    }
  }
}
