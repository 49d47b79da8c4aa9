internal import MoruTensors

/// The header of a safetensors file, checked: a JSON object from tensor names to their element
/// type, shape and place, and strings under `__metadata__`.
struct SafeTensorsHeader {
  /// Bytes before the header: its length as a 64-bit number.
  static let prefixByteCount = 8
  /// The most bytes a header may have.
  static let limit = 100_000_000
  /// The name under which the header holds strings rather than a tensor.
  static let metadataKey = "__metadata__"

  /// Why a header cannot be used.
  struct Damage: Error {
    let reason: String
  }

  private(set) var entries: [SafeTensors.Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Parses a header and checks that its tensors fill `dataByteCount` bytes without gap or
  /// overlap.
  init(parsing bytes: [UInt8], dataByteCount: Int) throws(Damage) {
    var scanner = HeaderScanner(bytes)
    // A reader that skips white space here would take files that others refuse.
    guard bytes.first == UInt8(ascii: "{") else {
      throw Damage(reason: "its header does not begin with '{'")
    }
    var names: Set<String> = []
    try scanner.object { (scanner, name) throws(Damage) in
      guard names.insert(name).inserted else {
        throw Damage(reason: "its header names \(quoted(name)) twice")
      }
      if name == Self.metadataKey {
        try scanner.object { (scanner, key) throws(Damage) in
          guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
            throw Damage(reason: "its metadata names \(quoted(key)) twice")
          }
        }
      } else {
        entries.append(try Self.entry(named: name, from: &scanner))
      }
    }
    try scanner.expectEnd()
    try arrange(dataByteCount: dataByteCount)
  }

  private static func entry(
    named name: String, from scanner: inout HeaderScanner
  ) throws(Damage) -> SafeTensors.Entry {
    var dtype: DType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, key) throws(Damage) in
      let isNew: Bool
      switch key {
      case "dtype":
        let type = try scanner.string()
        guard let known = DType.allCases.first(where: { $0.safeTensorsName == type }) else {
          throw Damage(
            reason: "the tensor \(quoted(name)) has elements of type \(quoted(type)); "
              + "known are F32, F64, BF16, I32, I64, I8, U8, BOOL")
        }
        isNew = dtype == nil
        dtype = known
      case "shape":
        isNew = shape == nil
        shape = try scanner.numbers()
      case "data_offsets":
        isNew = offsets == nil
        offsets = try scanner.numbers()
      default:
        throw Damage(reason: "the tensor \(quoted(name)) has an unknown field \(quoted(key))")
      }
      guard isNew else { throw Damage(reason: "the tensor \(quoted(name)) has \(key) twice") }
    }
    guard let dtype, let shape, let offsets else {
      throw Damage(reason: "the tensor \(quoted(name)) lacks dtype, shape or data_offsets")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw Damage(reason: "the data_offsets of \(quoted(name)) are not a beginning and an end")
    }
    // Axes of size 0 must not hide an overflow: strides are products of the other axes.
    let (byteCount, overflow) =
      Shape.checkedElementCount(shape.map { max($0, 1) })?
      .multipliedReportingOverflow(by: dtype.byteCount) ?? (0, true)
    guard !overflow else {
      throw Damage(reason: "the shape of \(quoted(name)) is too large for any machine")
    }
    let expected = shape.contains(0) ? 0 : byteCount
    guard offsets[1] - offsets[0] == expected else {
      throw Damage(
        reason: "the tensor \(quoted(name)) has \(offsets[1] - offsets[0]) bytes, its shape and "
          + "type need \(expected)")
    }
    return SafeTensors.Entry(
      name: name, dtype: dtype, shape: Shape(shape), bytes: offsets[0]..<offsets[1])
  }

  private mutating func arrange(dataByteCount: Int) throws(Damage) {
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound >= end else {
        throw Damage(reason: "the tensor \(quoted(entry.name)) overlaps the one before it")
      }
      guard entry.bytes.lowerBound == end else {
        throw Damage(
          reason: "\(entry.bytes.lowerBound - end) bytes before \(quoted(entry.name)) belong to "
            + "no tensor")
      }
      end = entry.bytes.upperBound
    }
    guard end <= dataByteCount else {
      throw Damage(
        reason: "its tensors need \(end) bytes, only \(dataByteCount) follow the header")
    }
    guard end == dataByteCount else {
      throw Damage(reason: "\(dataByteCount - end) bytes at its end belong to no tensor")
    }
  }
}
