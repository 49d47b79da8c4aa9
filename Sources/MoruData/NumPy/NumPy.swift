public import Foundation
public import MoruTensors

/// NumPy's files of arrays, `.npy` and `.npz`, versions 1 to 3 of the format.
///
/// Booleans and UInt8 keep their type; other whole numbers of up to 32 bits become Int32, but unsigned
/// ones of 32 bits Int64 like those of 64 bits; half precision becomes Float32; Float32 and Float64 keep
/// their type. Arrays in Fortran order come out in row-major order like all others.
public enum NumPy {
  /// The array of a `.npy` file.
  ///
  /// - Throws: `DataError.damaged` for a file that is none, is cut, or holds something else than numbers:
  ///   objects, whose reading could run foreign code, text, dates, complex numbers and records.
  /// - Source: "numpy.lib.format", NEP 1.
  public static func read(at url: URL) throws(DataError) -> HostTensor {
    try decode(FileBytes.read(url), name: url.lastPathComponent)
  }

  /// The array in the bytes of a `.npy` file; `name` is for messages.
  public static func decode(_ bytes: Data, name: String) throws(DataError) -> HostTensor {
    let header = try NumPyHeader(bytes, name: name)
    let found = bytes.count - header.length
    let itemSize = header.element.byteCount
    guard let needed = Shape.checkedElementCount(header.shape + [itemSize]) else {
      throw .damaged(file: name, detail: "the header announces an impossible size")
    }
    guard needed == found else {
      throw .damaged(
        file: name,
        detail: "the header \(header.shape) announces \(needed) bytes of data, but \(found) follow")
    }
    return try bytes.withBytes { all throws(DataError) in
      let data = UnsafeRawBufferPointer(rebasing: all[header.length...])
      let places = header.isFortranOrder ? FortranOrder(header.shape) : nil
      return try header.tensor(data, places, name: name)
    }
  }

  /// The arrays of a `.npz` archive by name, without `.npy`, in the archive's order.
  ///
  /// - Throws: `DataError.damaged`, naming archive and array.
  public static func readArchive(
    at url: URL
  ) throws(DataError) -> [(name: String, array: HostTensor)] {
    try decodeArchive(FileBytes.read(url), name: url.lastPathComponent)
  }

  /// The arrays in the bytes of a `.npz` archive; `name` is for messages.
  public static func decodeArchive(
    _ bytes: Data, name: String
  ) throws(DataError) -> [(name: String, array: HostTensor)] {
    var arrays: [(name: String, array: HostTensor)] = []
    let archive = try ZipArchive(bytes, name: name)
    for entry in archive.entries where entry.name.hasSuffix(".npy") {
      let content = try archive.content(of: entry)
      arrays.append(
        (String(entry.name.dropLast(4)), try decode(content, name: "\(name)/\(entry.name)")))
    }
    guard !arrays.isEmpty else { throw .damaged(file: name, detail: "it holds no array") }
    return arrays
  }

  /// The bytes of a `.npy` file that holds `tensor`, for `numpy.load`. BFloat16, which NumPy lacks,
  /// becomes Float32.
  public static func data(_ tensor: HostTensor) -> Data {
    let tensor = tensor.dtype == .bfloat16 ? tensor.converted(to: .float32) : tensor
    let code =
      switch tensor.dtype {
      case .bool: "|b1"
      case .int8: "|i1"
      case .uint8: "|u1"
      case .int32: "<i4"
      case .int64: "<i8"
      case .float32, .bfloat16: "<f4"
      case .float64: "<f8"
      }
    // As Python spells a tuple: one element has a comma behind it.
    let sizes =
      tensor.shape.map(String.init).joined(separator: ", ")
      + (tensor.shape.rank == 1 ? "," : "")
    var header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Data begin at a multiple of 64 bytes, behind ten bytes, the header and its line feed.
    header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
    let length = header.utf8.count
    var bytes = Data([0x93] + Array("NUMPY".utf8))
    // Version 1 has two bytes for the header's length, which a shape of many axes may exceed.
    if length < 1 << 16 {
      bytes += [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    } else {
      bytes += [2, 0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    }
    bytes += Array(header.utf8)
    tensor.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }
}

extension Data {
  /// `withUnsafeBytes` that keeps the error's type.
  func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let result: Result<R, E> = withUnsafeBytes { bytes in
      do throws(E) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
