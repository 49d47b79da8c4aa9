import CImages

/// For each new place along an axis, the old places it is made of.
struct ResamplingTaps {
  /// Old places that each new one looks at; those that do not count have weight 0.
  let taps: Int
  let starts: [Int32]
  /// `[places, taps]`
  let weights: [Float]

  /// New places whose point `x` comes from `scale · x + offset`.
  ///
  /// - Parameters:
  ///   - count: New places.
  ///   - size: Old places.
  /// - Returns: Nil if new places reach beyond the old ones.
  init?(
    count: Int, of size: Int, scale: Double, offset: Double,
    _ interpolation: ImageFile.Interpolation
  ) {
    let ends = [offset, scale * Double(count) + offset]
    guard ends.allSatisfy({ $0 > -1e-6 && $0 < Double(size) + 1e-6 }) else { return nil }
    let stretch = max(abs(scale), 1)
    let radius = stretch * (interpolation == .bilinear ? 1 : 0.5)
    let taps = min(size, max(1, Int((2 * radius).rounded(.up))))
    var starts = [Int32](repeating: 0, count: count)
    var weights = [Float](repeating: 0, count: count * taps)
    for place in 0..<count {
      let center = (Double(place) + 0.5) * scale + offset
      let first = max(0, Int(center - radius + 0.5))
      let last = min(size, first + taps, max(first + 1, Int(center + radius + 0.5)))
      let start = min(first, size - taps)
      starts[place] = Int32(start)
      var sum = 0.0
      for old in first..<last {
        let distance = abs(Double(old) + 0.5 - center) / stretch
        let weight =
          switch interpolation {
          case .bilinear: max(0, 1 - distance)
          case .area: distance <= 0.5 ? 1.0 : 0
          }
        weights[place * taps + old - start] = Float(weight)
        sum += weight
      }
      let scaling = sum > 0 ? Float(1 / sum) : 0
      for old in first..<last {
        let index = place * taps + old - start
        weights[index] = sum > 0 ? weights[index] * scaling : 1 / Float(last - first)
      }
    }
    (self.taps, self.starts, self.weights) = (taps, starts, weights)
  }
}

extension Picture {
  /// The weighted means of rows and columns, rounded once.
  func resampled(rows: ResamplingTaps, columns: ResamplingTaps) -> Picture {
    let (newHeight, newWidth) = (rows.starts.count, columns.starts.count)
    let count = newHeight * newWidth * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      rows.withKernelTaps { rows in
        columns.withKernelTaps { columns in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: width * channels + 4) { row in
            moruResamplePicture(
              self.pixels, size, buffer.baseAddress, rows, columns, row.baseAddress)
          }
        }
      }
      initialized = count
    }
    return Picture(height: newHeight, width: newWidth, channels: channels, pixels: pixels)
  }
}

extension ResamplingTaps {
  fileprivate func withKernelTaps(_ body: (UnsafePointer<MoruTaps>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      weights.withUnsafeBufferPointer { weights in
        var taps = MoruTaps(
          count: Int64(starts.count), taps: Int64(taps), starts: starts.baseAddress,
          weights: weights.baseAddress)
        body(&taps)
      }
    }
  }
}
