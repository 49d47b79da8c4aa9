import Foundation
import Moru

/// Numbers that the runner has written for a row.
enum InputFile {
  /// Float32 numbers without a header, of rows of `width`.
  static func rows(_ name: String, in folder: URL, width: Int) throws -> HostTensor {
    let values: [Float] = try numbers(name, in: folder)
    return try HostTensor(values, shape: [values.count / width, width])
  }

  /// Numbers without a header, as they lie in memory.
  static func numbers<Number: BitwiseCopyable & Numeric>(
    _ name: String, in folder: URL
  ) throws -> [Number] {
    let data = try Data(contentsOf: folder.appending(path: name))
    var numbers = [Number](repeating: 0, count: data.count / MemoryLayout<Number>.stride)
    _ = numbers.withUnsafeMutableBytes { data.copyBytes(to: $0) }
    return numbers
  }
}
