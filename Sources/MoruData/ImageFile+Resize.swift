public import MoruTensors

extension ImageFile {
  /// How pixels are weighed when a picture changes its size.
  public enum Interpolation: String, Codable, Sendable, CaseIterable {
    /// A triangle over neighbouring pixels, widened when shrinking so that no pixel is skipped.
    case bilinear
    /// The mean of the area that a new pixel covers; enlarging repeats pixels.
    case area
  }

  /// The picture at another size. `[h, w, c] → [height, width, c]`
  ///
  /// Values are rounded once, after both directions. Pillow's BILINEAR and BOX give the same within
  /// one step, for they round in between.
  ///
  /// - Throws: `DataError.notAnImage`, also for a size below 1 or over the pixel limit.
  public static func resized(
    _ image: HostTensor, height: Int, width: Int, interpolation: Interpolation = .bilinear
  ) throws(DataError) -> HostTensor {
    let picture = try Picture(image)
    guard height > 0, width > 0, width <= defaultPixelLimit / height else {
      throw .notAnImage(shape: "uint8 [\(height), \(width), \(picture.channels)]")
    }
    guard height != picture.height || width != picture.width else { return image }
    let columns = Weights(from: picture.width, to: width, interpolation)
    let rows = Weights(from: picture.height, to: height, interpolation)
    let channels = picture.channels
    var narrowed = [Float](repeating: 0, count: picture.height * width * channels)
    for row in 0..<picture.height {
      for column in 0..<width {
        for (offset, weight) in columns.values[column].enumerated() {
          let start = (row * picture.width + columns.starts[column] + offset) * channels
          for channel in 0..<channels {
            narrowed[(row * width + column) * channels + channel] +=
              weight * Float(picture.pixels[start + channel])
          }
        }
      }
    }
    let stride = width * channels
    return HostTensor(shape: [height, width, channels]) {
      (target: UnsafeMutableBufferPointer<UInt8>) in
      var sums = [Float](repeating: 0, count: stride)
      for row in 0..<height {
        for index in 0..<stride { sums[index] = 0.5 }
        for (offset, weight) in rows.values[row].enumerated() {
          let start = (rows.starts[row] + offset) * stride
          for index in 0..<stride { sums[index] += weight * narrowed[start + index] }
        }
        for index in 0..<stride {
          target.initializeElement(
            at: row * stride + index, to: UInt8(max(0, min(255, sums[index]))))
        }
      }
    }
  }

  /// For each new place along an axis, the old places it is made of.
  private struct Weights {
    var starts: [Int] = []
    var values: [[Float]] = []

    init(from oldSize: Int, to newSize: Int, _ interpolation: Interpolation) {
      let scale = Double(oldSize) / Double(newSize)
      let stretch = max(scale, 1)
      let radius = stretch * (interpolation == .bilinear ? 1 : 0.5)
      for place in 0..<newSize {
        let center = (Double(place) + 0.5) * scale
        let first = max(0, Int(center - radius + 0.5))
        let last = min(oldSize, max(first + 1, Int(center + radius + 0.5)))
        var weights = (first..<last).map { old in
          let distance = abs(Double(old) + 0.5 - center) / stretch
          return switch interpolation {
          case .bilinear: max(0, 1 - distance)
          case .area: distance <= 0.5 ? 1.0 : 0
          }
        }
        let sum = weights.reduce(0, +)
        weights = weights.map { sum > 0 ? $0 / sum : 1 / Double(weights.count) }
        starts.append(first)
        values.append(weights.map { Float($0) })
      }
    }
  }
}
