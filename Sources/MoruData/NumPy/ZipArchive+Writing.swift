package import Foundation

extension ZipArchive {
  /// The bytes of an archive of some files as they are, always the same for the same files.
  ///
  /// - Throws: `DataError.tooLarge` for 4 GiB and more, which need another form of the format.
  package static func encode(_ files: [(name: String, content: Data)]) throws(DataError) -> Data {
    let size = files.reduce(0) { $0 + $1.content.count + 2 * $1.name.utf8.count + 128 }
    guard size < UInt32.max else {
      throw .tooLarge(file: "the archive", limit: Int(UInt32.max), unit: "bytes")
    }
    var archive = Data(capacity: size)
    var directory = Data()
    for (name, content) in files {
      let facts = Self.facts(name, content)
      let offset = archive.count
      archive.append(contentsOf: bytes(0x0403_4B50, 4) + facts)
      archive.append(contentsOf: name.utf8)
      archive.append(content)
      // No comment, no further fields, one disk, a file that its owner may read and write.
      directory.append(contentsOf: bytes(0x0201_4B50, 4) + bytes(3 << 8 | 20, 2) + facts)
      directory.append(contentsOf: bytes(0, 6) + bytes(0o100644 << 16, 4) + bytes(offset, 4))
      directory.append(contentsOf: name.utf8)
    }
    let end =
      bytes(0x0605_4B50, 4) + bytes(0, 4) + bytes(files.count, 2) + bytes(files.count, 2)
      + bytes(directory.count, 4) + bytes(archive.count, 4) + bytes(0, 2)
    return archive + directory + Data(end)
  }

  /// What both headers of a file say: version 2.0, names in UTF-8, stored, the first day of 1980, the
  /// checksum, the size twice, and the length of the name.
  private static func facts(_ name: String, _ content: Data) -> [UInt8] {
    bytes(20, 2) + bytes(1 << 11, 2) + bytes(0, 2) + bytes(0, 2) + bytes(1 << 5 | 1, 2)
      + bytes(Int(checksum(content)), 4) + bytes(content.count, 4) + bytes(content.count, 4)
      + bytes(name.utf8.count, 2) + bytes(0, 2)
  }

  /// A number, little end first.
  private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
