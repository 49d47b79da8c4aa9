import CImages
import MoruArchive

extension GeometricTransform {
  /// The pixels in the result: copied where each comes from one pixel, weighed over all that it
  /// covers where the picture is only stretched, else interpolated between four.
  func pixels(of picture: Picture) -> Picture {
    if displacement == nil, source.isAxisAligned {
      if let copied = copied(picture) { return copied }
      if let stretched = stretched(picture) { return stretched }
    }
    return warped(picture, nearest: false, border: border ?? Border())
  }

  /// The mask in the result: classes are never mixed, and beyond the border lies class 0.
  func mask(of mask: Picture) -> Picture {
    warped(mask, nearest: true, border: Border(border?.mode ?? .constant, value: 0))
  }

  private func filled(
    channels: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void
  ) -> Picture {
    let count = height * width * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { body(base) }
      initialized = count
    }
    return Picture(height: height, width: width, channels: channels, pixels: pixels)
  }

  private func warped(_ picture: Picture, nearest: Bool, border: Border) -> Picture {
    filled(channels: picture.channels) { result in
      var warp = MoruWarp()
      warp.fill = border.mode.kernelFill
      warp.value = border.value
      warp.nearest = nearest ? 1 : 0
      withUnsafeMutableBytes(of: &warp.matrix) { bytes in
        bytes.copyBytes(from: source.elements.withUnsafeBytes { Array($0) })
      }
      if let displacement {
        displacement.values.withUnsafeBufferPointer { values in
          warp.displacement = values.baseAddress
          moruWarpPicture(picture.pixels, picture.size, result, Int64(height), Int64(width), &warp)
        }
      } else {
        moruWarpPicture(picture.pixels, picture.size, result, Int64(height), Int64(width), &warp)
      }
    }
  }

  /// Flips and moves by whole pixels.
  private func copied(_ picture: Picture) -> Picture? {
    let m = source.elements
    // The places that the middles of the first column and row come from.
    let (left, top) = (0.5 * m[0] + m[2] - 0.5, 0.5 * m[4] + m[5] - 0.5)
    guard abs(m[0]) == 1, abs(m[4]) == 1, left == left.rounded(), top == top.rounded(),
      abs(left) < 1e8, abs(top) < 1e8
    else { return nil }
    var copy = MoruCopy()
    (copy.left, copy.top) = (Int64(left), Int64(top))
    (copy.mirrorsColumns, copy.mirrorsRows) = (m[0] < 0 ? 1 : 0, m[4] < 0 ? 1 : 0)
    copy.fill = (border?.mode ?? .constant).kernelFill
    copy.value = border?.value ?? 0
    return filled(channels: picture.channels) { result in
      moruCopyPicture(picture.pixels, picture.size, result, Int64(height), Int64(width), &copy)
    }
  }

  /// A part of the picture at another size; nil if the part is not inside.
  private func stretched(_ picture: Picture) -> Picture? {
    let m = source.elements
    guard
      let columns = ResamplingTaps(
        count: width, of: picture.width, scale: m[0], offset: m[2], .bilinear),
      let rows = ResamplingTaps(
        count: height, of: picture.height, scale: m[4], offset: m[5], .bilinear)
    else { return nil }
    return picture.resampled(rows: rows, columns: columns)
  }
}

extension FillMode {
  var kernelFill: MoruFill {
    switch self {
    case .constant: moruFillConstant
    case .nearest: moruFillNearest
    case .reflect: moruFillReflect
    case .wrap: moruFillWrap
    }
  }
}

extension Picture {
  var size: MoruPictureSize {
    MoruPictureSize(height: Int64(height), width: Int64(width), channels: Int64(channels))
  }
}
