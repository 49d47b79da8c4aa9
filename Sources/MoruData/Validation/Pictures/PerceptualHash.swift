internal import Foundation
internal import MoruTensors

/// What a picture shows, in 64 bits: small changes of size, compression and brightness change few
/// of them.
///
/// The bits say which of the 8 × 8 lowest frequencies of the picture, shrunk to 32 × 32 grey pixels,
/// lie above their median (pHash).
///
/// - Source: Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions".
package struct PerceptualHash: Hashable {
  package let bits: UInt64
  /// The picture as 16 × 16 grey pixels, by which pictures of like bits are compared.
  let thumbnail: [UInt8]

  /// Pictures of more different bits are not alike.
  static let radius = 6
  /// Thumbnails that correlate less are not alike.
  static let leastCorrelation = 0.99
  private static let side = 32

  init(_ picture: Picture) throws(DataError) {
    let grey = picture.withChannels(1).tensor
    func shrunk(_ side: Int) throws(DataError) -> [UInt8] {
      try Picture(
        ImageFile.resized(grey, height: side, width: side, interpolation: .area)
      ).pixels
    }
    bits = Self.bits(of: try shrunk(Self.side).map { Double($0) })
    thumbnail = try shrunk(16)
  }

  /// Bits of 32 × 32 grey pixels, the lowest frequency first.
  package static func bits(of pixels: [Double]) -> UInt64 {
    // Rows first, then columns of the eight lowest frequencies.
    var rows = [Double](repeating: 0, count: side * 8)
    for row in 0..<side {
      for frequency in 0..<8 {
        var sum = 0.0
        for place in 0..<side {
          sum += pixels[row * side + place] * cosines[frequency * side + place]
        }
        rows[row * 8 + frequency] = sum
      }
    }
    var waves = [Double](repeating: 0, count: 64)
    for vertical in 0..<8 {
      for horizontal in 0..<8 {
        var sum = 0.0
        for place in 0..<side {
          sum += rows[place * 8 + horizontal] * cosines[vertical * side + place]
        }
        waves[vertical * 8 + horizontal] = sum
      }
    }
    let median = waves.sorted().quantile(0.5)
    var bits: UInt64 = 0
    for (place, wave) in waves.enumerated() where wave > median { bits |= 1 << UInt64(place) }
    return bits
  }

  /// `cos(π f (2 x + 1) / 64)` of frequency f at place x.
  private static let cosines: [Double] = (0..<8 * side).map { index in
    let (frequency, place) = (index / side, index % side)
    return cos(Double.pi * Double(frequency * (2 * place + 1)) / Double(2 * side))
  }

  /// Whether the thumbnails show the same: alike in their pattern, and if there is hardly any, in
  /// brightness.
  package func looksLike(_ other: PerceptualHash) -> Bool {
    let count = Double(thumbnail.count)
    let (meanA, meanB) = (mean, other.mean)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (a, b) in zip(thumbnail, other.thumbnail) {
      let (x, y) = (Double(a) - meanA, Double(b) - meanB)
      aa += x * x
      bb += y * y
      ab += x * y
    }
    let isFlat = min(aa, bb) < 4 * count
    if isFlat { return abs(meanA - meanB) < 3 && max(aa, bb) < 16 * count }
    return ab / (aa.squareRoot() * bb.squareRoot()) >= Self.leastCorrelation
  }

  /// Whether the picture shows nothing: all of it is of one brightness.
  var isBlank: Bool { (thumbnail.max() ?? 0) - (thumbnail.min() ?? 0) <= 2 }

  private var mean: Double {
    Double(thumbnail.reduce(0) { $0 + Int($1) }) / Double(thumbnail.count)
  }
}
