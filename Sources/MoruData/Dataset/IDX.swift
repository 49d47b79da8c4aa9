public import Foundation
public import MoruTensors

/// The IDX format, in which MNIST and its kin are published.
public enum IDX {
  /// Reads an IDX file, plain or gzip, of any of the format's element types.
  ///
  /// Bytes become UInt8; 8-bit signed, 16-bit and 32-bit whole numbers Int32; floating-point
  /// numbers keep their type.
  ///
  /// - Throws: `DataError.damaged` if the file is not IDX or its size is not the header's.
  /// - Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", file formats.
  public static func read(at url: URL) throws(DataError) -> HostTensor {
    try decode(FileBytes.read(url), name: url.lastPathComponent)
  }

  /// Reads IDX bytes; `name` is for messages.
  public static func decode(_ bytes: Data, name: String) throws(DataError) -> HostTensor {
    let bytes = [UInt8](try FileBytes.decompressed(bytes, name: name))
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let element = Element(rawValue: bytes[2])
    else { throw .damaged(file: name, detail: "this is not an IDX file") }
    let rank = Int(bytes[3])
    let start = 4 + 4 * rank
    guard bytes.count >= start else {
      throw .damaged(file: name, detail: "the IDX header of \(start) bytes ends early")
    }
    let dimensions = (0..<rank).map { axis in
      Int(word(UInt32.self, in: bytes, at: 4 + 4 * axis))
    }
    let found = bytes.count - start
    guard let count = Shape.checkedElementCount(dimensions + [element.byteCount]) else {
      throw .damaged(file: name, detail: "the IDX header announces an impossible size")
    }
    guard count == found else {
      throw .damaged(
        file: name,
        detail: "the IDX header \(dimensions) announces \(count) bytes of data, but \(found) follow"
      )
    }
    return tensor(bytes, start: start, element: element, shape: Shape(dimensions))
  }

  /// The format's codes for element types.
  private enum Element: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C
    case float32 = 0x0D
    case float64 = 0x0E

    var byteCount: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }
  }

  private static func tensor(
    _ bytes: [UInt8], start: Int, element: Element, shape: Shape
  ) -> HostTensor {
    func filled<S: Scalar>(_ value: (Int) -> S) -> HostTensor {
      HostTensor(shape: shape) { (target: UnsafeMutableBufferPointer<S>) in
        for index in target.indices {
          target.initializeElement(at: index, to: value(start + index * element.byteCount))
        }
      }
    }
    return switch element {
    case .uint8:
      HostTensor(shape: shape) { (target: UnsafeMutableBufferPointer<UInt8>) in
        _ = target.initialize(fromContentsOf: bytes[start...])
      }
    case .int8: filled { Int32(Int8(bitPattern: bytes[$0])) }
    case .int16: filled { Int32(word(Int16.self, in: bytes, at: $0)) }
    case .int32: filled { word(Int32.self, in: bytes, at: $0) }
    case .float32: filled { Float(bitPattern: word(UInt32.self, in: bytes, at: $0)) }
    case .float64: filled { Double(bitPattern: word(UInt64.self, in: bytes, at: $0)) }
    }
  }

  /// A big-endian whole number.
  private static func word<I: FixedWidthInteger>(
    _ type: I.Type, in bytes: [UInt8], at offset: Int
  ) -> I {
    bytes[offset..<offset + I.bitWidth / 8].reduce(0) { $0 << 8 | I(truncatingIfNeeded: $1) }
  }
}
