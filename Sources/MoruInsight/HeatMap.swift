public import Foundation
import MoruData
public import MoruTensors

/// How much each place of a picture matters.
public struct HeatMap: Sendable, Equatable {
  /// `[height, width]` of the picture, Float32, from 0 to 1, the greatest 1 unless another value stands
  /// for 1; all 0 if nothing matters.
  public let values: HostTensor

  /// Scales values of at least 0 to a greatest one of 1 and, if they are of another size, draws them
  /// in that of the picture, bilinearly.
  ///
  /// - Parameter full: The value that becomes 1, as greater ones do; the greatest if nil.
  package init(_ raw: HostTensor, height: Int, width: Int, full: Float? = nil) throws {
    let (oldHeight, oldWidth) = (raw.shape[0], raw.shape[1])
    let numbers = try raw.array(of: Float.self)
    let greatest = full ?? numbers.max() ?? 0
    let scaled = numbers.map { greatest > 0 ? min($0 / greatest, 1) : 0 }
    // Place i of n lies at (i + ½) · old / n − ½, as in `UpSampling2D`.
    func neighbours(_ place: Int, _ size: Int, _ old: Int) -> (Int, Int, Float) {
      let exact = (Float(place) + 0.5) * Float(old) / Float(size) - 0.5
      let lower = exact.rounded(.down)
      func kept(_ place: Float) -> Int { min(max(Int(place), 0), old - 1) }
      return (kept(lower), kept(lower + 1), exact - lower)
    }
    var result: [Float] = []
    for row in 0..<height {
      let (top, bottom, down) = neighbours(row, height, oldHeight)
      for column in 0..<width {
        let (left, right, across) = neighbours(column, width, oldWidth)
        func mixed(_ row: Int) -> Float {
          let (one, other) = (scaled[row * oldWidth + left], scaled[row * oldWidth + right])
          return one + (other - one) * across
        }
        let upper = mixed(top)
        result.append(upper + (mixed(bottom) - upper) * down)
      }
    }
    values = try HostTensor(result, shape: [height, width])
  }

  /// The map in colours, dark violet for 0 to light yellow for 1, over a picture in grey.
  ///
  /// - Parameters:
  ///   - picture: `[height, width, 1 or 3]` of any numbers; its least becomes black and its greatest
  ///     white.
  ///   - strength: How much of the colour covers the picture, from 0 to 1.
  ///   - magnification: Rows and columns that each element becomes, at least 1.
  /// - Returns: `[height, width, 3]`, UInt8.
  /// - Throws: `InsightError.sample` for a picture of another size, `.outOfRange`.
  public func overlay(
    on picture: HostTensor, strength: Double = 0.5, magnification: Int = 1
  ) throws -> HostTensor {
    let shape = picture.shape
    guard shape.rank == 3, [shape[0], shape[1]] == values.shape.dimensions else {
      throw InsightError.sample(found: shape, expected: values.shape)
    }
    guard (0...1).contains(strength) else {
      throw InsightError.outOfRange("strength", allowed: "from 0 to 1")
    }
    guard (1...64).contains(magnification) else {
      throw InsightError.outOfRange("magnification", allowed: "from 1 to 64")
    }
    let numbers = try picture.converted(to: .float32).array(of: Float.self)
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
    let heat = try values.array(of: Float.self)
    let channels = shape[2]
    let pixels = heat.indices.map { place in
      let mean = numbers[place * channels..<(place + 1) * channels].reduce(0, +) / Float(channels)
      let grey = high > low ? Double((mean - low) / (high - low)) * 255 : 128
      return Self.color(Double(heat[place])).map { part in
        UInt8((grey + (part - grey) * strength).rounded())
      }
    }
    let (height, width) = (shape[0] * magnification, shape[1] * magnification)
    return try HostTensor(
      (0..<height).flatMap { row in
        (0..<width).flatMap { column in
          pixels[row / magnification * shape[1] + column / magnification]
        }
      }, shape: [height, width, 3])
  }

  /// The overlay as a PNG.
  public func pngData(
    over picture: HostTensor, strength: Double = 0.5, magnification: Int = 1
  ) throws -> Data {
    try ImageFile.pngData(
      overlay(on: picture, strength: strength, magnification: magnification))
  }

  /// A scale whose lightness rises evenly, so that it reads without colours, too.
  private static func color(_ share: Double) -> [Double] {
    let stops: [[Double]] = [
      [13, 8, 60], [92, 1, 166], [170, 35, 149], [225, 100, 98], [252, 166, 54], [240, 249, 33],
    ]
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let lower = min(Int(place), stops.count - 2)
    return zip(stops[lower], stops[lower + 1]).map { $0 + ($1 - $0) * (place - Double(lower)) }
  }
}
