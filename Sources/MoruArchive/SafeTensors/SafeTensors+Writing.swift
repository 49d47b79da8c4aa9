public import Foundation
public import MoruTensors

extension SafeTensors {
  /// Saves tensors in one atomic step.
  ///
  /// The same tensors and metadata always give the same bytes, which are also those that the
  /// format's own library writes: wider element types come first, so that all are aligned, names
  /// ascend within a type, and the header is padded to a multiple of 8 bytes.
  ///
  /// - Throws: `ArchiveError.tensorName` for a name that the format cannot hold, `.system` if the
  ///   file cannot be written; what was there stays.
  public static func write(
    _ tensors: [String: HostTensor], metadata: [String: String] = [:], to url: URL
  ) throws(ArchiveError) {
    let ordered = try ordered(tensors)
    let header = header(ordered, metadata)
    try AtomicFile.write(to: url) { (writer) throws(ArchiveError) in
      try writer.write(header)
      for (_, tensor) in ordered { try writer.write(TensorBytes(tensor: tensor)) }
    }
  }

  /// The bytes that `write` saves.
  ///
  /// - Throws: `ArchiveError.tensorName` for a name that the format cannot hold.
  public static func encode(
    _ tensors: [String: HostTensor], metadata: [String: String] = [:]
  ) throws(ArchiveError) -> Data {
    let ordered = try ordered(tensors)
    var data = Data(header(ordered, metadata))
    for (_, tensor) in ordered { tensor.withUnsafeBytes { data.append(contentsOf: $0) } }
    return data
  }

  private struct TensorBytes: ContiguousBytes {
    let tensor: HostTensor

    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      try tensor.withUnsafeBytes(body)
    }
  }

  private static func ordered(
    _ tensors: [String: HostTensor]
  ) throws(ArchiveError) -> [(name: String, tensor: HostTensor)] {
    for name in tensors.keys where name.isEmpty || name == SafeTensorsHeader.metadataKey {
      throw .tensorName(name)
    }
    return tensors.map { (name: $0.key, tensor: $0.value) }.sorted { first, second in
      let ranks = (first.tensor.dtype.safeTensorsRank, second.tensor.dtype.safeTensorsRank)
      if ranks.0 != ranks.1 { return ranks.0 > ranks.1 }
      return first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
    }
  }

  private static func header(
    _ tensors: [(name: String, tensor: HostTensor)], _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let words = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\(jsonString($0.key)):\(jsonString($0.value))" }
      members.append(
        "\(jsonString(SafeTensorsHeader.metadataKey)):{\(words.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let sizes = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(jsonString(name)):{\"dtype\":\"\(tensor.dtype.safeTensorsName)\","
          + "\"shape\":[\(sizes)],\"data_offsets\":[\(offset),\(offset + tensor.byteCount)]}")
      offset += tensor.byteCount
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json += [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
    let length = UInt64(json.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
  }

  /// `text` as a JSON string; only what JSON must escape is escaped.
  private static func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\u{C}": result += "\\f"
      case "\r": result += "\\r"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension DType {
  /// The name of the type in a safetensors header.
  var safeTensorsName: String {
    switch self {
    case .float32: "F32"
    case .float64: "F64"
    case .bfloat16: "BF16"
    case .int32: "I32"
    case .int64: "I64"
    case .int8: "I8"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  /// The place of the type in the order of tensors in a file, last first: by width.
  fileprivate var safeTensorsRank: Int {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .int8: 2
    case .bfloat16: 3
    case .int32: 4
    case .float32: 5
    case .float64: 6
    case .int64: 7
    }
  }
}
