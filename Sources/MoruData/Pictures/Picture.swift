internal import MoruTensors

/// The pixels of one picture, row by row, while it is being worked on.
struct Picture: Sendable, Equatable {
  var height: Int
  var width: Int
  var channels: Int
  var pixels: [UInt8]

  init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
    self.height = height
    self.width = width
    self.channels = channels
    self.pixels = pixels
  }

  /// - Throws: `DataError.notAnImage` unless it is UInt8 `[height, width, 1 or 3]`.
  init(_ tensor: HostTensor) throws(DataError) {
    guard case .uint8(let pixels) = tensor.values, tensor.shape.rank == 3, tensor.count > 0,
      tensor.shape[2] == 1 || tensor.shape[2] == 3,
      tensor.shape[0] <= 1 << 20, tensor.shape[1] <= 1 << 20
    else { throw .notAnImage(shape: "\(tensor.dtype.rawValue) \(tensor.shape)") }
    self.init(
      height: tensor.shape[0], width: tensor.shape[1], channels: tensor.shape[2], pixels: pixels)
  }

  /// `[height, width, channels]`
  var tensor: HostTensor {
    HostTensor(shape: [height, width, channels]) { (target: UnsafeMutableBufferPointer<UInt8>) in
      _ = target.initialize(fromContentsOf: pixels)
    }
  }

  /// The picture as the camera saw it.
  func turned(_ orientation: ExifOrientation) -> Picture {
    guard orientation != .upright else { return self }
    let (newHeight, newWidth) = orientation.swapsAxes ? (width, height) : (height, width)
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count)
    for row in 0..<newHeight {
      for column in 0..<newWidth {
        let (y, x) = orientation.source(row: row, column: column, height: height, width: width)
        let start = (y * width + x) * channels
        result += pixels[start..<start + channels]
      }
    }
    return Picture(height: newHeight, width: newWidth, channels: channels, pixels: result)
  }

  /// The picture with this many channels: grey is repeated; colour is weighed by ITU-R BT.601
  /// luma, `0.299 R + 0.587 G + 0.114 B`, rounded.
  func withChannels(_ wanted: Int) -> Picture {
    guard wanted != channels else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(height * width * wanted)
    if wanted == 3 {
      for value in pixels { result += [value, value, value] }
    } else {
      for start in stride(from: 0, to: pixels.count, by: 3) {
        let sum =
          299 * Int(pixels[start]) + 587 * Int(pixels[start + 1]) + 114 * Int(pixels[start + 2])
        result.append(UInt8((sum + 500) / 1000))
      }
    }
    return Picture(height: height, width: width, channels: wanted, pixels: result)
  }
}
