/// A message in protocol buffers' wire format, field by field.
///
/// - Source: protobuf.dev/programming-guides/encoding.
package struct ProtobufMessage: Sendable {
  /// The message's bytes.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// How a field's value is laid out: the tag's last three bits.
  private enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
  }

  package mutating func add(_ field: Int, integer value: Int) {
    append(field, .varint)
    append(varint: UInt64(bitPattern: Int64(value)))
  }

  package mutating func add(_ field: Int, double value: Double) {
    append(field, .fixed64)
    append(value.bitPattern)
  }

  package mutating func add(_ field: Int, bytes value: [UInt8]) {
    append(field, .bytes)
    append(varint: UInt64(value.count))
    bytes += value
  }

  package mutating func add(_ field: Int, text value: String) {
    add(field, bytes: Array(value.utf8))
  }

  package mutating func add(_ field: Int, message value: ProtobufMessage) {
    add(field, bytes: value.bytes)
  }

  /// Repeated numbers in one field, as newer writers pack them.
  package mutating func add(_ field: Int, packed values: [Double]) {
    append(field, .bytes)
    append(varint: UInt64(8 * values.count))
    for value in values { append(value.bitPattern) }
  }

  /// Repeated numbers in one field, as newer writers pack them.
  package mutating func add(_ field: Int, packed values: [Float]) {
    append(field, .bytes)
    append(varint: UInt64(4 * values.count))
    for value in values { append(value.bitPattern) }
  }

  private mutating func append(_ field: Int, _ wire: Wire) {
    append(varint: UInt64(field) << 3 | wire.rawValue)
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    bytes += value.littleEndianBytes
  }
}

extension FixedWidthInteger {
  /// The number's bytes, the lowest first.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
