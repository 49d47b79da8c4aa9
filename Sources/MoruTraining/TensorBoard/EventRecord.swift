/// What TensorBoard reads: events, each a record of an event file.
///
/// A record is the length of its data (u64), the length's checksum, the data, and the data's checksum;
/// checksums are masked CRC-32C (u32), numbers begin with their lowest byte.
///
/// - Source: tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details; the messages Event,
///   Summary and TensorProto of tensorflow/core.
package enum EventRecord {
  /// A figure at a step.
  package enum Value: Sendable {
    case scalar(Double)
    /// The values of a tensor, counted in so many buckets of equal width.
    case histogram([Float], buckets: Int)
  }

  /// The first record of a file.
  ///
  /// - Parameter wallTime: Seconds since 1970.
  package static func version(wallTime: Double) -> [UInt8] {
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    event.add(3, text: "brain.Event:2")
    return framed(event.bytes)
  }

  /// The record of a value under a tag.
  ///
  /// - Parameter wallTime: Seconds since 1970.
  package static func value(
    _ value: Value, tag: String, step: Int, wallTime: Double
  ) -> [UInt8] {
    var entry = ProtobufMessage()
    entry.add(1, text: tag)
    entry.add(8, message: value.tensor)
    entry.add(9, message: value.metadata)
    var summary = ProtobufMessage()
    summary.add(1, message: entry)
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    if step != 0 { event.add(2, integer: step) }
    event.add(5, message: summary)
    return framed(event.bytes)
  }

  /// A record around its data.
  private static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = UInt64(data.count).littleEndianBytes
    return length + maskedChecksum(length) + data + maskedChecksum(data)
  }

  /// CRC-32C, turned and shifted so that a checksum of data with checksums in them stays one.
  private static func maskedChecksum(_ data: [UInt8]) -> [UInt8] {
    let checksum = CRC32C.of(data)
    return ((checksum >> 15 | checksum << 17) &+ 0xa282_ead8).littleEndianBytes
  }
}

/// The checksum of Castagnoli's polynomial, RFC 3720 appendix B.4.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value >> 1 ^ (value & 1 == 1 ? 0x82f6_3b78 : 0)
    }
  }

  package static func of(_ data: [UInt8]) -> UInt32 {
    ~data.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}

extension EventRecord.Value {
  /// The message SummaryMetadata: which of TensorBoard's pages shows the value.
  fileprivate var metadata: ProtobufMessage {
    var plugin = ProtobufMessage()
    var metadata = ProtobufMessage()
    switch self {
    case .scalar:
      plugin.add(1, text: "scalars")
      metadata.add(1, message: plugin)
      metadata.add(4, integer: 1)
    case .histogram:
      plugin.add(1, text: "histograms")
      metadata.add(1, message: plugin)
      metadata.add(4, integer: 2)
    }
    return metadata
  }

  /// The message TensorProto: a number, or `[buckets, 3]` of lower edge, upper edge and count.
  fileprivate var tensor: ProtobufMessage {
    var tensor = ProtobufMessage()
    switch self {
    case .scalar(let value):
      tensor.add(1, integer: 1)
      tensor.add(2, message: ProtobufMessage())
      tensor.add(5, packed: [Float(value)])
    case .histogram(let values, let buckets):
      let rows = Self.rows(values, buckets: buckets)
      var shape = ProtobufMessage()
      for size in [rows.count / 3, 3] {
        var dimension = ProtobufMessage()
        if size != 0 { dimension.add(1, integer: size) }
        shape.add(2, message: dimension)
      }
      tensor.add(1, integer: 2)
      tensor.add(2, message: shape)
      tensor.add(6, packed: rows)
    }
    return tensor
  }

  /// Lower edge, upper edge and count of each bucket. Values that are not finite are left out; equal
  /// values fill the last bucket.
  private static func rows(_ values: [Float], buckets: Int) -> [Double] {
    let finite = values.lazy.filter(\.isFinite).map { Double($0) }
    guard let least = finite.min(), let greatest = finite.max() else { return [] }
    var counts = [Double](repeating: 0, count: buckets)
    let width = (greatest - least) / Double(buckets)
    for value in finite {
      let place = width > 0 ? Int((value - least) / width) : buckets - 1
      counts[min(place, buckets - 1)] += 1
    }
    return (0..<buckets).flatMap { place in
      let isLast = place == buckets - 1
      return [
        least + Double(place) * width, isLast ? greatest : least + Double(place + 1) * width,
        counts[place],
      ]
    }
  }
}
