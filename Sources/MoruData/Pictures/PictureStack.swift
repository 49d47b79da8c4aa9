import MoruTensors

/// Pictures of one size, one after another in memory: grey ones until the first one with colours comes.
struct PictureStack {
  private let source: String
  private let expected: Int
  private var height = 0
  private var width = 0
  private var channels = 1
  private var count = 0
  private var pixels: [UInt8] = []

  /// - Parameters:
  ///   - source: What to call the pictures' folder.
  ///   - expected: How many pictures there will be at most.
  init(source: String, expected: Int) {
    self.source = source
    self.expected = expected
  }

  /// - Throws: `DataError.imageSize` for a picture of another size, `.tooLarge` if there are too many.
  mutating func append(_ picture: Picture, named name: String) throws(DataError) {
    if count == 0 { (height, width) = (picture.height, picture.width) }
    guard picture.height == height, picture.width == width else {
      throw .imageSize(
        file: name, found: "\(picture.width) × \(picture.height)", expected: "\(width) × \(height)")
    }
    if count == 0 || picture.channels > channels { widen(to: picture.channels) }
    guard pixels.count + height * width * channels <= ImageFolder.byteLimit else {
      throw .tooLarge(file: source, limit: ImageFolder.byteLimit, unit: "bytes of pixels")
    }
    pixels += picture.withChannels(channels).pixels
    count += 1
  }

  /// UInt8 `[pictures, height, width, channels]`.
  var tensor: HostTensor {
    get throws(DataError) {
      try Dataset.shaped(HostTensor(pixels), [count, height, width, channels])
    }
  }

  /// Makes room for all pictures, for vector kernels too, which may read a cache line past the end.
  private mutating func widen(to wanted: Int) {
    let narrow = Picture(height: height * count, width: width, channels: channels, pixels: pixels)
    channels = wanted
    let (total, overflow) = (height * width * wanted).multipliedReportingOverflow(by: expected)
    pixels = []
    pixels.reserveCapacity(
      (overflow ? ImageFolder.byteLimit : min(total, ImageFolder.byteLimit)) + 64)
    pixels += narrow.withChannels(wanted).pixels
  }
}
