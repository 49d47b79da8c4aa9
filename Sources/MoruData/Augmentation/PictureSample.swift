public import MoruTensors

/// A rectangle around something in a picture.
public struct PictureBox: Sendable, Equatable, Codable {
  /// Its left edge, in pixels from the picture's left edge.
  public var left: Double
  /// Its upper edge, in pixels from the picture's upper edge.
  public var top: Double
  /// Its right edge, in pixels from the picture's left edge.
  public var right: Double
  /// Its lower edge, in pixels from the picture's upper edge.
  public var bottom: Double
  /// The class of what is in it.
  public var label: Int32

  /// A box between two corners.
  public init(left: Double, top: Double, right: Double, bottom: Double, label: Int32 = 0) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
    self.label = label
  }

  /// Width times height, in pixels; 0 for a box that is turned inside out.
  public var area: Double { max(right - left, 0) * max(bottom - top, 0) }

  mutating func clip(height: Int, width: Int) {
    left = min(max(left, 0), Double(width))
    right = min(max(right, 0), Double(width))
    top = min(max(top, 0), Double(height))
    bottom = min(max(bottom, 0), Double(height))
  }
}

/// A picture with what is known of its places: augmentations change all of it alike.
public struct PictureSample: Sendable, Equatable {
  /// The pixels, UInt8 `[height, width, 1 or 3]`.
  public var pixels: HostTensor { picture.tensor }
  /// The class of each pixel, UInt8 `[height, width, 1]`; nil if that is not known. What comes from
  /// beyond the border is 0 where the picture is filled.
  public var mask: HostTensor? { maskPicture?.tensor }
  /// The boxes around things, in their order.
  public var boxes: [PictureBox]

  var picture: Picture
  var maskPicture: Picture?

  /// A picture.
  ///
  /// - Parameters:
  ///   - pixels: UInt8 `[height, width, 1 or 3]`.
  ///   - mask: UInt8 `[height, width, 1]` of the same height and width.
  ///   - boxes: Around things in the picture.
  /// - Throws: `DataError.notAnImage` for other shapes and types, `.inconsistent` if the mask has
  ///   another size.
  public init(
    _ pixels: HostTensor, mask: HostTensor? = nil, boxes: [PictureBox] = []
  ) throws(DataError) {
    picture = try Picture(pixels)
    if let mask {
      let mask = try Picture(mask)
      guard mask.channels == 1, mask.height == picture.height, mask.width == picture.width else {
        throw .inconsistent(
          "a mask of \(mask.width) × \(mask.height) pixels and \(mask.channels) channels for a "
            + "picture of \(picture.width) × \(picture.height)")
      }
      maskPicture = mask
    }
    self.boxes = boxes
  }

  init(_ picture: Picture) {
    self.picture = picture
    boxes = []
  }

  /// What augmentations ask about it.
  public var frame: PictureFrame {
    PictureFrame(
      height: picture.height, width: picture.width,
      hasRegions: maskPicture != nil || !boxes.isEmpty)
  }
}
