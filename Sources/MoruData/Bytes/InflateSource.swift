internal import CZlib
internal import Foundation

/// What compressed bytes stand for: a gzip file of one or more members, or plain deflated data.
final class InflateSource: ByteSource {
  /// What is around the data.
  enum Wrapper { case gzip, none }

  private let wrapper: Wrapper
  private let source: any ByteSource
  private let name: String
  private var stream = z_stream()
  private var input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
  private var isDone = false

  /// - Throws: `DataError.unreadable` without memory.
  init(_ source: any ByteSource, _ wrapper: Wrapper, name: String) throws(DataError) {
    self.source = source
    self.wrapper = wrapper
    self.name = name
    let status = wrapper == .gzip ? moruInflateGzipInit(&stream) : moruInflateRawInit(&stream)
    guard status == Z_OK else {
      throw .unreadable(file: name, reason: "out of memory")
    }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let room = min(buffer.count, 1 << 30)
    while !isDone {
      if stream.avail_in == 0 { try refill() }
      let isAtEnd = stream.avail_in == 0
      stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(room)
      let status = inflate(&stream, Z_NO_FLUSH)
      let written = room - Int(stream.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END:
        if wrapper == .gzip { try beginNextMember() } else { isDone = true }
      case Z_BUF_ERROR where isAtEnd: throw .damagedCompression(file: name, truncated: true)
      case Z_BUF_ERROR: break
      default: throw .damagedCompression(file: name, truncated: false)
      }
      if written > 0 { return written }
      if isAtEnd, !isDone { throw .damagedCompression(file: name, truncated: true) }
    }
    return 0
  }

  private func refill() throws(DataError) {
    stream.avail_in = UInt32(try source.read(into: UnsafeMutableRawBufferPointer(input)))
    stream.next_in = input.baseAddress
  }

  /// Zero padding after the last member is allowed; another member may follow.
  private func beginNextMember() throws(DataError) {
    while true {
      if stream.avail_in == 0 { try refill() }
      guard stream.avail_in > 0, let next = stream.next_in else {
        isDone = true
        return
      }
      if next.pointee != 0 { break }
      stream.next_in = next + 1
      stream.avail_in -= 1
    }
    guard inflateReset(&stream) == Z_OK else {
      throw .damagedCompression(file: name, truncated: false)
    }
  }
}
