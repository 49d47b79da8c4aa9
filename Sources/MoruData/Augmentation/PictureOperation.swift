public import MoruTensors

/// What is done to one picture, without chance: augmentations draw it.
public enum PictureOperation: Sendable {
  /// Pixels, mask and boxes move.
  case geometric(GeometricTransform)
  /// Pixels change where they are.
  case pixels(any PixelOperation)
}

/// A change of a picture's pixels that leaves everything where it is.
public protocol PixelOperation: Sendable {
  /// Changes the pixels, not their number.
  ///
  /// - Parameter pixels: UInt8 `[height, width, channels]`, row by row.
  func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int)
}

extension PictureSample {
  /// The least share of a box's area that must stay in the picture for the box to be kept, unless
  /// the caller says otherwise.
  public static let minimumVisible = 0.25

  /// The sample after some operations. Moves that follow each other are done as one, so that pixels
  /// are interpolated once; what an earlier move left out of the frame may come back by a later
  /// one.
  ///
  /// - Parameter minimumVisible: Boxes of which a smaller share of the area is left are dropped.
  public mutating func apply(
    _ operations: [PictureOperation], minimumVisible: Double = Self.minimumVisible
  ) {
    var pending: GeometricTransform?
    func move(_ transform: GeometricTransform, _ sample: inout PictureSample) {
      sample.picture = transform.pixels(of: sample.picture)
      sample.maskPicture = sample.maskPicture.map(transform.mask)
      sample.boxes = transform.boxes(sample.boxes, minimumVisible: minimumVisible)
    }
    for operation in operations {
      switch operation {
      case .geometric(let next):
        if let one = pending?.followed(by: next) {
          pending = one
        } else {
          if let pending { move(pending, &self) }
          pending = next
        }
      case .pixels(let operation):
        if let transform = pending { move(transform, &self) }
        pending = nil
        operation.apply(
          to: &picture.pixels, height: picture.height, width: picture.width,
          channels: picture.channels)
      }
    }
    if let pending { move(pending, &self) }
  }
}

extension [any Augmentation] {
  /// What the list's augmentations of pictures do to one picture, each by a child of the seed.
  public func operations(for frame: PictureFrame, seed: Seed) -> [PictureOperation] {
    var frame = frame
    var result: [PictureOperation] = []
    for (place, augmentation) in enumerated() {
      guard let augmentation = augmentation as? any PictureAugmentation else { continue }
      var generator = seed.child(place).generator
      let drawn = augmentation.draw(for: frame, using: &generator)
      for case .geometric(let transform) in drawn {
        frame = PictureFrame(
          height: transform.height, width: transform.width, hasRegions: frame.hasRegions)
      }
      result += drawn
    }
    return result
  }
}
