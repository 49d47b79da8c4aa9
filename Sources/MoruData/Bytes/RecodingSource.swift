internal import CTextConversion
internal import Foundation

/// The UTF-8 form of text in another encoding.
///
/// Bytes that mean nothing there become 0xFF, which no UTF-8 text holds: whoever reads the text finds
/// them on their line.
final class RecodingSource: ByteSource {
  private static let capacity = 1 << 17
  private let source: any ByteSource
  private let conversion: iconv_t
  private let input = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
  private let output = UnsafeMutablePointer<CChar>.allocate(capacity: 2 * capacity)
  /// Bytes at the beginning of `input` that are not converted yet.
  private var inputCount = 0
  private var isAtEnd = false
  /// Converted bytes that were not asked for yet.
  private var ready = 0..<0

  /// - Throws: `DataError.unreadable` on a system that does not know the encoding.
  init(
    _ source: any ByteSource, from encoding: TextEncoding, name: String
  ) throws(DataError) {
    guard let conversion = moruOpenConversion("UTF-8", encoding.systemName) else {
      throw .unreadable(
        file: name, reason: "this system's libc does not know the encoding \(encoding.systemName)")
    }
    self.source = source
    self.conversion = conversion
  }

  deinit {
    iconv_close(conversion)
    input.deallocate()
    output.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    while ready.isEmpty {
      if !isAtEnd {
        let room = UnsafeMutableRawBufferPointer(
          start: input + inputCount, count: Self.capacity - inputCount)
        let read = try source.read(into: room)
        inputCount += read
        isAtEnd = read == 0
      }
      guard inputCount > 0 else { return 0 }
      convert()
    }
    let count = min(buffer.count, ready.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(start: output + ready.lowerBound, count: count))
    ready = ready.lowerBound + count..<ready.upperBound
    return count
  }

  /// Converts all input but the beginning of a character whose rest is not read yet. The output has
  /// room: two bytes of CP949 become three at most.
  private func convert() {
    var from: UnsafePointer<CChar>? = UnsafePointer(input)
    var fromCount = inputCount
    var to: UnsafeMutablePointer<CChar>? = output
    var toCount = 2 * Self.capacity
    while fromCount > 0 {
      let status = moruConvert(conversion, &from, &fromCount, &to, &toCount)
      guard status != 0, fromCount > 0, !(status == EINVAL && !isAtEnd), toCount > 0 else { break }
      to?.pointee = CChar(bitPattern: 0xFF)
      to = to.map { $0 + 1 }
      toCount -= 1
      from = from.map { $0 + 1 }
      fromCount -= 1
    }
    if let from, fromCount > 0 { memmove(input, from, fromCount) }
    inputCount = fromCount
    ready = 0..<2 * Self.capacity - toCount
  }
}
