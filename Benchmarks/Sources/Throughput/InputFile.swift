import Foundation
import Moru

/// Numbers that the runner has written for a row.
enum InputFile {
  /// Float32 numbers without a header, of rows of `width`.
  static func rows(_ name: String, in folder: URL, width: Int) throws -> HostTensor {
    let data = try Data(contentsOf: folder.appending(path: name))
    return HostTensor(shape: [data.count / 4 / width, width]) {
      (values: UnsafeMutableBufferPointer<Float>) in
      _ = data.copyBytes(to: values)
    }
  }
}
