/// Paints rectangles over.
struct Rectangles: PixelOperation {
  /// A rectangle, in pixels; what lies beyond the border is not painted.
  struct Place {
    let top: Int
    let left: Int
    let height: Int
    let width: Int
  }

  let places: [Place]
  let value: UInt8

  func apply(to pixels: inout [UInt8], height: Int, width: Int, channels: Int) {
    for place in places {
      let rows = max(place.top, 0)..<max(min(place.top + place.height, height), max(place.top, 0))
      let columns =
        max(place.left, 0)..<max(min(place.left + place.width, width), max(place.left, 0))
      for row in rows {
        let start = (row * width + columns.lowerBound) * channels
        for index in start..<start + columns.count * channels { pixels[index] = value }
      }
    }
  }
}
