internal import CTextConversion
internal import Foundation

/// Text to the bytes of an encoding and back.
final class TextCodec {
  let encoding: TextEncoding
  private let reading: iconv_t
  private let writing: iconv_t

  /// - Parameter name: A file's, for messages.
  /// - Throws: `DataError.unreadable` on a system that does not know the encoding.
  init(_ encoding: TextEncoding, name: String) throws(DataError) {
    guard let reading = moruOpenConversion("UTF-8", encoding.systemName) else {
      throw Self.unknown(encoding, name)
    }
    guard let writing = moruOpenConversion(encoding.systemName, "UTF-8") else {
      iconv_close(reading)
      throw Self.unknown(encoding, name)
    }
    self.encoding = encoding
    self.reading = reading
    self.writing = writing
  }

  deinit {
    iconv_close(reading)
    iconv_close(writing)
  }

  private static func unknown(_ encoding: TextEncoding, _ name: String) -> DataError {
    .unreadable(
      file: name, reason: "this system's libc does not know the encoding \(encoding.systemName)")
  }

  /// The text that some bytes stand for; nil if they stand for none.
  func text(of bytes: [UInt8]) -> String? {
    let converted = encoding == .utf8 || Self.isASCII(bytes) ? bytes : convert(bytes, by: reading)
    return converted.flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The bytes of a text; nil if it holds characters that the encoding lacks.
  func bytes(of text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    return encoding == .utf8 || Self.isASCII(bytes) ? bytes : convert(bytes, by: writing)
  }

  private static func isASCII(_ bytes: [UInt8]) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

  private func convert(_ bytes: [UInt8], by conversion: iconv_t) -> [UInt8]? {
    // No character of one encoding is more than twice as long in the other.
    var output = [CChar](repeating: 0, count: 2 * bytes.count)
    let written = bytes.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output -> Int? in
        var from = input.baseAddress
        var to = output.baseAddress
        var (fromCount, toCount) = (input.count, output.count)
        // Back to the beginning, whatever came before.
        iconv(conversion, nil, nil, nil, nil)
        guard moruConvert(conversion, &from, &fromCount, &to, &toCount) == 0 else { return nil }
        return output.count - toCount
      }
    }
    return written.map { output[..<$0].map(UInt8.init(bitPattern:)) }
  }
}

extension TextEncoding {
  /// What the bytes of a whole file most likely are.
  init(guessedFrom bytes: [UInt8]) {
    var tally = UTF8Tally()
    bytes.withUnsafeBytes { tally.add($0) }
    self = tally.encoding
  }
}
