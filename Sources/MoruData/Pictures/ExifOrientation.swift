/// How a camera was held, as stored in a picture's EXIF block: tag 0x0112, 1 to 8.
///
/// - Source: JEITA CP-3451, Exif 2.2, §4.6.4.
enum ExifOrientation: UInt16 {
  case upright = 1
  case mirrored, upsideDown, flipped, transposed, rotatedLeft, transversed, rotatedRight

  /// Whether height and width change places.
  var swapsAxes: Bool { rawValue >= 5 }

  /// Where in the stored picture (of `height` × `width`) a pixel of the upright one comes from.
  func source(row: Int, column: Int, height: Int, width: Int) -> (row: Int, column: Int) {
    switch self {
    case .upright: (row, column)
    case .mirrored: (row, width - 1 - column)
    case .upsideDown: (height - 1 - row, width - 1 - column)
    case .flipped: (height - 1 - row, column)
    case .transposed: (column, row)
    case .rotatedLeft: (height - 1 - column, row)
    case .transversed: (height - 1 - column, width - 1 - row)
    case .rotatedRight: (column, width - 1 - row)
    }
  }

  /// The orientation that a picture's file tells; upright if it says nothing sensible.
  init(_ bytes: [UInt8], of format: ImageFile.Format) {
    let block =
      switch format {
      case .jpeg: Self.inJPEG(bytes)
      case .png: Self.inPNG(bytes)
      case .webp: Self.inWebP(bytes)
      // A TIFF file is such a block.
      case .tiff: bytes[...]
      }
    self = block.flatMap(Self.inTIFF).flatMap(Self.init(rawValue:)) ?? .upright
  }

  private static let mark: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]

  /// The TIFF structure inside the first EXIF segment before the pixels.
  private static func inJPEG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      if marker == 0xFF {  // a fill byte
        position += 1
        continue
      }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard marker != 0xDA, length >= 2, end <= bytes.count else { return nil }
      let content = bytes[(position + 4)..<end]
      if marker == 0xE1, content.starts(with: mark) { return content.dropFirst(6) }
      position = end
    }
    return nil
  }

  /// The chunk `eXIf`, before or behind the pixels.
  ///
  /// - Source: W3C, Portable Network Graphics (third edition), §11.3.4.4.
  private static func inPNG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 8
    while position + 8 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end <= bytes.count else { return nil }
      if bytes[(position + 4)...].starts(with: "eXIf".utf8) { return bytes[position + 8..<end] }
      position = end + 4
    }
    return nil
  }

  /// The chunk `EXIF`, which some programs begin as a JPEG's segment.
  ///
  /// - Source: RFC 9649, §2.7.1.5.
  private static func inWebP(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var position = 12
    while position + 8 <= bytes.count {
      let length = bytes[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end <= bytes.count else { return nil }
      if bytes[position...].starts(with: "EXIF".utf8) {
        let content = bytes[position + 8..<end]
        return content.starts(with: mark) ? content.dropFirst(6) : content
      }
      position = end + length % 2
    }
    return nil
  }

  /// The value of the orientation tag in the first image directory.
  private static func inTIFF(_ bytes: ArraySlice<UInt8>) -> UInt16? {
    let isLittle = bytes.starts(with: [0x49, 0x49])
    guard isLittle || bytes.starts(with: [0x4D, 0x4D]) else { return nil }
    func word(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset + count <= bytes.count else { return nil }
      let part = bytes.dropFirst(offset).prefix(count)
      return isLittle
        ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard word(2, 2) == 42, let directory = word(4, 4), let count = word(directory, 2) else {
      return nil
    }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = word(offset, 2) else { return nil }
      if tag == 0x0112, word(offset + 2, 2) == 3, let value = word(offset + 8, 2) {
        return UInt16(value)
      }
    }
    return nil
  }
}
