internal import Foundation
internal import MoruTensors

/// What stands before the data of a `.npy` file: a Python dictionary of three entries.
struct NumPyHeader {
  /// NumPy's codes for the elements that can be read.
  enum Element: String {
    case bool = "b1"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    var byteCount: Int { Int(rawValue.dropFirst()) ?? 1 }
  }

  /// Longer headers than any array of numbers has are refused.
  private static let lengthLimit = 1 << 16
  /// More axes than NumPy's arrays have.
  private static let rankLimit = 64

  /// Bytes before the data.
  let length: Int
  private(set) var element = Element.bool
  private(set) var isBigEndian = false
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  init(_ bytes: Data, name: String) throws(DataError) {
    func damaged(_ detail: String) -> DataError { .damaged(file: name, detail: detail) }
    let start = [UInt8](bytes.prefix(12))
    guard start.count >= 10, start[0] == 0x93, start[1..<6].elementsEqual("NUMPY".utf8) else {
      throw damaged("this is not a NumPy file")
    }
    guard (1...3).contains(start[6]) else {
      throw damaged("version \(start[6]) of NumPy's format is not known")
    }
    var textLength = Int(start[8]) | Int(start[9]) << 8
    var textStart = 10
    if start[6] > 1 {
      guard start.count == 12 else { throw damaged("the header ends early") }
      textLength |= Int(start[10]) << 16 | Int(start[11]) << 24
      textStart = 12
    }
    guard textLength <= min(bytes.count - textStart, Self.lengthLimit) else {
      throw damaged("the header ends early")
    }
    length = textStart + textLength
    let text = bytes.dropFirst(textStart).prefix(textLength)
    var parser = PythonLiteral(Array(text))
    guard let entries = parser.dictionary(), case .text(let code) = entries["descr"],
      case .truth(let order) = entries["fortran_order"],
      case .numbers(let sizes) = entries["shape"],
      entries.count == 3, sizes.count <= Self.rankLimit
    else { throw damaged("the header is not that of an array of numbers") }
    guard let mark = code.first, "<>|=".contains(mark),
      let element = Element(rawValue: String(code.dropFirst()))
    else {
      throw damaged("arrays of numbers are read, and no other element types")
    }
    self.element = element
    isBigEndian = mark == ">"
    isFortranOrder = order
    shape = sizes
  }

  /// The elements; `places` says from where each comes if not in order.
  func tensor(
    _ data: UnsafeRawBufferPointer, _ places: FortranOrder?, name: String
  ) throws(DataError) -> HostTensor {
    func filled<S: Scalar, Raw: FixedWidthInteger>(
      _ raw: Raw.Type, _ value: (Raw) -> S
    ) -> HostTensor {
      HostTensor(shape: Shape(shape)) { (target: UnsafeMutableBufferPointer<S>) in
        let size = MemoryLayout<Raw>.size
        func element(_ place: Int) -> S {
          let raw = data.loadUnaligned(fromByteOffset: place * size, as: Raw.self)
          return value(isBigEndian ? raw.byteSwapped : raw)
        }
        if let places {
          places.forEach { target.initializeElement(at: $0, to: element($1)) }
        } else {
          for index in target.indices { target.initializeElement(at: index, to: element(index)) }
        }
      }
    }
    switch element {
    case .bool: return filled(UInt8.self) { $0 != 0 }
    case .int8: return filled(Int8.self) { Int32($0) }
    case .int16: return filled(Int16.self) { Int32($0) }
    case .int32: return filled(Int32.self) { $0 }
    case .int64: return filled(Int64.self) { $0 }
    case .uint8: return filled(UInt8.self) { $0 }
    case .uint16: return filled(UInt16.self) { Int32($0) }
    case .uint32: return filled(UInt32.self) { Int64($0) }
    case .uint64:
      var isTooLarge = false
      let tensor = filled(UInt64.self) { (number: UInt64) -> Int64 in
        isTooLarge = isTooLarge || number > Int64.max
        return Int64(truncatingIfNeeded: number)
      }
      guard !isTooLarge else {
        throw .damaged(file: name, detail: "a number is beyond the range of Int64")
      }
      return tensor
    case .float16: return filled(UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .float32: return filled(UInt32.self) { Float(bitPattern: $0) }
    case .float64: return filled(UInt64.self) { Double(bitPattern: $0) }
    }
  }
}

/// Where the elements of an array in column-major order stand.
struct FortranOrder {
  private let shape: [Int]

  init(_ shape: [Int]) { self.shape = shape }

  /// Calls `body` with each place in row-major order and the place in column-major order of the same
  /// element.
  func forEach(_ body: (Int, Int) -> Void) {
    let count = shape.reduce(1, *)
    guard count > 0 else { return }
    let strides = shape.indices.map { shape[..<$0].reduce(1, *) }
    var index = [Int](repeating: 0, count: shape.count)
    var place = 0
    for target in 0..<count {
      body(target, place)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
