internal import Crypto
public import Foundation

/// A SHA-256 checksum: 64 lowercase hexadecimal digits.
public struct Checksum: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The 64 digits.
  public let hex: String

  /// A checksum from its digits, or nil if they are not 64 lowercase hexadecimal ones.
  public init?(hex: String) {
    let digits = hex.utf8
    guard digits.count == 64,
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    self.hex = hex
  }

  /// The checksum of bytes in memory.
  public init(of data: some DataProtocol) {
    self.init(SHA256.hash(data: data))
  }

  /// The checksum of a file, read piece by piece.
  ///
  /// - Throws: `ArchiveError.system` or `.notAFile` if it cannot be read.
  public init(ofFile url: URL) throws(ArchiveError) {
    let file = try OpenFile(reading: url)
    var hash = SHA256()
    var offset = 0
    var buffer = Data(count: 1 << 20)
    while true {
      let count = try file.readSome(into: &buffer, at: offset)
      guard count > 0 else { break }
      hash.update(data: buffer.prefix(count))
      offset += count
    }
    self.init(hash.finalize())
  }

  private init(_ digest: SHA256.Digest) {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    for byte in digest { bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    hex = String(decoding: bytes, as: UTF8.self)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let checksum = try Checksum(hex: container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a checksum has 64 lowercase hexadecimal digits")
    }
    self = checksum
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// The first twelve digits, for people.
  public var short: String { String(hex.prefix(12)) }

  public var description: String { hex }
}
