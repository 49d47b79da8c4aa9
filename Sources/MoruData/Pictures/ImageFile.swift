internal import CImages
public import Foundation
public import MoruTensors

/// Reads PNG, JPEG, WebP and TIFF pictures, and writes PNG.
///
/// A picture is a UInt8 tensor `[height, width, channels]` with one channel (grey) or three (red,
/// green, blue), 0 black to 255 full. Transparent pixels are laid over white, 16-bit channels are
/// rounded to 8 bits, palettes become RGB, and the EXIF orientation is applied. Of several
/// pictures in a TIFF file the first one is read; animated WebP files are refused.
public enum ImageFile {
  /// Most pixels that a picture may have unless the caller says otherwise: 64 Mi, 8192 × 8192.
  public static let defaultPixelLimit = 1 << 26

  /// Most bytes that a picture's file may have: 1 GiB.
  static let byteLimit = 1 << 30

  /// Reads the picture in a file (whose format is known by its first bytes, not by its name).
  ///
  /// - Throws: `DataError.damaged`, also for a truncated file; `.tooLarge` before memory is taken.
  public static func read(
    at url: URL, pixelLimit: Int = defaultPixelLimit
  ) throws(DataError) -> HostTensor {
    try decode(
      FileBytes.read(url, limit: byteLimit), name: url.lastPathComponent, pixelLimit: pixelLimit)
  }

  /// Reads the picture in `bytes`; `name` is for messages.
  public static func decode(
    _ bytes: Data, name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(DataError) -> HostTensor {
    try picture([UInt8](bytes), name: name, pixelLimit: pixelLimit).tensor
  }

  /// What the header of a picture says.
  struct Header {
    fileprivate let format: Format
    let height: Int
    let width: Int
    fileprivate let channels: Int
    let orientation: ExifOrientation

    var isJPEG: Bool { format == .jpeg }
  }

  static func header(
    _ bytes: [UInt8], name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(DataError) -> Header {
    guard let format = Format(bytes) else {
      throw .damaged(file: name, detail: "this is no PNG, JPEG, WebP or TIFF picture")
    }
    var message = [CChar](repeating: 0, count: Int(moruImageMessageSize))
    var header = MoruImageHeader()
    guard format.readHeader(bytes, &header, &message) == 0 else {
      throw damage(name, format, message)
    }
    let (width, height) = (Int(header.width), Int(header.height))
    let channels = Int(header.channels)
    guard width > 0, height > 0, (1...4).contains(channels) else {
      throw .damaged(file: name, detail: "the \(format.name) picture has no pixels")
    }
    guard width <= pixelLimit / height else {
      throw .tooLarge(file: name, limit: pixelLimit, unit: "pixels")
    }
    return Header(
      format: format, height: height, width: width, channels: channels,
      orientation: ExifOrientation(bytes, of: format))
  }

  static func picture(
    _ bytes: [UInt8], name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(DataError) -> Picture {
    let header = try header(bytes, name: name, pixelLimit: pixelLimit)
    let (format, width, height) = (header.format, header.width, header.height)
    let channels = header.channels
    var message = [CChar](repeating: 0, count: Int(moruImageMessageSize))
    var pixels = [UInt8](repeating: 0, count: width * height * channels)
    guard format.decode(bytes, &pixels, &message) == 0 else { throw damage(name, format, message) }
    if channels == 2 || channels == 4 { pixels = overWhite(pixels, channels: channels) }
    let picture = Picture(
      height: height, width: width, channels: channels < 3 ? 1 : 3, pixels: pixels)
    return picture.turned(header.orientation)
  }

  /// A part of a JPEG picture at 1 / `denominator` of its size, which is 1, 2, 4 or 8.
  ///
  /// - Parameters:
  ///   - columns: Those that are wanted, in pixels at that size and inside the picture.
  ///   - rows: Those that are wanted, alike.
  /// - Returns: At least that part, and its first column.
  static func part(
    ofJPEG bytes: [UInt8], name: String, denominator: Int, rows: Range<Int>, columns: Range<Int>
  ) throws(DataError) -> (picture: Picture, left: Int) {
    var part = MoruJPEGPart(
      denominator: UInt32(denominator), left: UInt32(columns.lowerBound),
      top: UInt32(rows.lowerBound), width: UInt32(columns.count), height: UInt32(rows.count),
      channels: 0)
    var message = [CChar](repeating: 0, count: Int(moruImageMessageSize))
    let capacity = (columns.count + Int(moruJPEGPartSpare)) * rows.count * 3
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      status = moruDecodeJPEGPart(
        bytes, bytes.count, &part, buffer.baseAddress, capacity, &message)
      initialized = status == 0 ? Int(part.width) * Int(part.height) * Int(part.channels) : 0
    }
    guard status == 0 else { throw damage(name, .jpeg, message) }
    return (
      Picture(
        height: rows.count, width: Int(part.width), channels: Int(part.channels), pixels: pixels),
      Int(part.left)
    )
  }

  /// The PNG form of a picture. `[height, width, 1 or 3] → bytes`
  ///
  /// - Throws: `DataError.notAnImage` for another shape or element type.
  public static func pngData(_ image: HostTensor) throws(DataError) -> Data {
    let picture = try Picture(image)
    let (width, height) = (UInt32(picture.width), UInt32(picture.height))
    let channels = UInt32(picture.channels)
    var size = moruPNGSizeBound(width, height, channels)
    var bytes = [UInt8](repeating: 0, count: size)
    var message = [CChar](repeating: 0, count: Int(moruImageMessageSize))
    guard moruEncodePNG(picture.pixels, width, height, channels, &bytes, &size, &message) == 0
    else { throw .damaged(file: "PNG", detail: text(message)) }
    return Data(bytes[..<size])
  }

  /// The kinds of files, told apart by their first bytes.
  enum Format: String {
    case png = "PNG"
    case jpeg = "JPEG"
    case webp = "WebP"
    case tiff = "TIFF"

    init?(_ bytes: [UInt8]) {
      if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
        self = .png
      } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        self = .jpeg
      } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
        self = .webp
      } else if bytes.starts(with: [0x49, 0x49, 0x2A, 0])
        || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
      {
        self = .tiff
      } else {
        return nil
      }
    }

    var name: String { rawValue }

    func readHeader(
      _ bytes: [UInt8], _ header: inout MoruImageHeader, _ message: inout [CChar]
    ) -> Int32 {
      let read =
        switch self {
        case .png: moruReadPNGHeader
        case .jpeg: moruReadJPEGHeader
        case .webp: moruReadWebPHeader
        case .tiff: moruReadTIFFHeader
        }
      return read(bytes, bytes.count, &header, &message)
    }

    func decode(_ bytes: [UInt8], _ pixels: inout [UInt8], _ message: inout [CChar]) -> Int32 {
      let decode =
        switch self {
        case .png: moruDecodePNG
        case .jpeg: moruDecodeJPEG
        case .webp: moruDecodeWebP
        case .tiff: moruDecodeTIFF
        }
      let capacity = pixels.count
      return decode(bytes, bytes.count, &pixels, capacity, &message)
    }
  }

  /// `alpha · color + (1 − alpha) · white`, rounded to the nearest whole number.
  private static func overWhite(_ pixels: [UInt8], channels: Int) -> [UInt8] {
    let colors = channels - 1
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / channels * colors)
    for pixel in stride(from: 0, to: pixels.count, by: channels) {
      let alpha = Int(pixels[pixel + colors])
      for channel in 0..<colors {
        let sum = alpha * Int(pixels[pixel + channel]) + (255 - alpha) * 255
        result.append(UInt8((sum + 127) / 255))
      }
    }
    return result
  }

  private static func damage(_ file: String, _ format: Format, _ message: [CChar]) -> DataError {
    .damaged(file: file, detail: "the \(format.name) picture is damaged (\(text(message)))")
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
