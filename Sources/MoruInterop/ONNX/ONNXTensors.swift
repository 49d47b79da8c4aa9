import Foundation
import MoruONNXFormat
import MoruTensors

/// Values between ONNX's form and ours.
struct ONNXTensors {
  let file: String

  /// The element type of a number in a file; Float32 for halves, which are read as such.
  func dtype(_ number: Int, in place: String) throws -> DType {
    switch Onnx_TensorProto.DataType(rawValue: number) {
    case .float, .float16, .bfloat16: return .float32
    case .double: return .float64
    case .int32: return .int32
    case .int64: return .int64
    case .int8: return .int8
    case .uint8: return .uint8
    case .bool: return .bool
    case let other:
      throw InteropError.elementType(
        other.map { "\($0)" } ?? "\(number)", place: place, file: file)
    }
  }

  /// A value of a file. Its size is checked before memory is asked for.
  func tensor(_ proto: Onnx_TensorProto, in place: String) throws -> HostTensor {
    func damaged(_ reason: String) -> InteropError {
      .unreadableONNX(file: file, reason: "\(place) \(reason)")
    }
    guard proto.dataLocation != .external, proto.externalData.isEmpty else {
      let path = proto.externalData.first { $0.key == "location" }?.value ?? "?"
      throw InteropError.externalData(path, place: place, file: file)
    }
    guard !proto.hasSegment else { throw damaged("comes in parts") }
    let dtype = try dtype(Int(proto.dataType), in: place)
    let sizes = proto.dims.map { Int($0) }
    guard let count = Shape.checkedElementCount(sizes),
      Shape.checkedElementCount(sizes + [8]) != nil
    else { throw damaged("has the shape \(sizes)") }
    let shape = Shape(sizes)
    let kind = Onnx_TensorProto.DataType(rawValue: Int(proto.dataType))
    let isHalf = kind == .float16 || kind == .bfloat16
    func half(_ bits: UInt16) -> Float {
      kind == .float16 ? Float(Float16(bitPattern: bits)) : Float(bitPattern: UInt32(bits) << 16)
    }
    if proto.hasRawData {
      let bytes = proto.rawData
      guard bytes.count == count * (isHalf ? 2 : dtype.byteCount) else {
        throw damaged("has \(bytes.count) bytes for the shape \(sizes)")
      }
      if isHalf {
        let halves = bytes.withUnsafeBytes { raw in
          (0..<count).map { half(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) }
        }
        return try HostTensor(halves, shape: shape)
      }
      guard dtype != .bool || bytes.allSatisfy({ $0 < 2 }) else { throw damaged("has no Booleans") }
      return HostTensor(shape: shape, dtype: dtype) { _ = bytes.copyBytes(to: $0) }
    }
    func listed<S: Scalar, T>(_ values: [T], _ convert: (T) -> S) throws -> HostTensor {
      guard values.count == count else {
        throw damaged("has \(values.count) values for the shape \(sizes)")
      }
      return try HostTensor(values.map(convert), shape: shape)
    }
    switch dtype {
    case .float32:
      return isHalf
        ? try listed(proto.int32Data) { half(UInt16(truncatingIfNeeded: $0)) }
        : try listed(proto.floatData) { $0 }
    case .float64: return try listed(proto.doubleData) { $0 }
    case .int32: return try listed(proto.int32Data) { $0 }
    case .int64: return try listed(proto.int64Data) { $0 }
    case .int8: return try listed(proto.int32Data) { Int8(truncatingIfNeeded: $0) }
    case .uint8: return try listed(proto.int32Data) { UInt8(truncatingIfNeeded: $0) }
    case .bool: return try listed(proto.int32Data) { $0 != 0 }
    case .bfloat16: throw damaged("has halves")
    }
  }

  /// A value for a file.
  static func proto(_ value: HostTensor, name: String) -> Onnx_TensorProto {
    var proto = Onnx_TensorProto()
    proto.name = name
    proto.dims = value.shape.map(Int64.init)
    proto.dataType = Int32(number(of: value.dtype))
    proto.rawData = value.withUnsafeBytes { Data($0) }
    return proto
  }

  /// ONNX's number of an element type.
  static func number(of dtype: DType) -> Int {
    let type: Onnx_TensorProto.DataType =
      switch dtype {
      case .float32: .float
      case .float64: .double
      case .bfloat16: .bfloat16
      case .int32: .int32
      case .int64: .int64
      case .int8: .int8
      case .uint8: .uint8
      case .bool: .bool
      }
    return type.rawValue
  }
}
