import CImages

/// Replaces the values of channels by a table.
struct LookUp: PixelOperation {
  /// A table of 256 values for each channel, or one for all.
  let tables: [[UInt8]]

  static let unchanged = (0...255).map { UInt8($0) }

  /// The rounded values of a function, kept in 0 to 255.
  static func table(_ function: (UInt8) -> Double) -> [UInt8] {
    unchanged.map { UInt8(min(max(function($0).rounded(), 0), 255)) }
  }

  init(tables: [[UInt8]]) { self.tables = tables }

  /// One function for all channels.
  init(_ function: (UInt8) -> Double) { tables = [Self.table(function)] }

  func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
    let isShared = tables.count == 1
    moruLookUp(
      &pixels, Int64(isShared ? pixels.count : height * width),
      Int64(isShared ? 1 : channels), tables.flatMap { $0 })
  }
}

/// Replaces the values of each channel by a table that follows from how often they occur.
struct HistogramLookUp: PixelOperation {
  let table: @Sendable (Histogram) -> [UInt8]

  init(_ table: @escaping @Sendable (Histogram) -> [UInt8]) { self.table = table }

  func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
    LookUp(tables: Histogram.all(of: pixels, channels: channels).map(table))
      .apply(to: &pixels, height: height, width: width, channels: channels)
  }
}

/// How often each value of a channel occurs.
struct Histogram {
  var counts = [Int](repeating: 0, count: 256)

  var least: Int { counts.firstIndex { $0 > 0 } ?? 0 }
  var greatest: Int { counts.lastIndex { $0 > 0 } ?? 0 }

  static func all(of pixels: [UInt8], channels: Int) -> [Histogram] {
    var histograms = [Histogram](repeating: Histogram(), count: channels)
    for start in stride(from: 0, to: pixels.count, by: channels) {
      for channel in 0..<channels {
        histograms[channel].counts[Int(pixels[start + channel])] += 1
      }
    }
    return histograms
  }
}
