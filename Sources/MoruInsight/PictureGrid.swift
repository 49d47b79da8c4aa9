public import Foundation
import MoruData
public import MoruTensors

/// Pictures of equal size side by side, as one picture.
public struct PictureGrid: Sendable, Equatable {
  /// The whole, `[height, width, 1 or 3]`, UInt8.
  public let picture: HostTensor

  /// Lays pictures out in rows of equal length, as square a grid as their number allows.
  ///
  /// - Parameters:
  ///   - planes: `[count, height, width]` or `[count, height, width, 3]`, any numbers.
  ///   - together: Whether all pictures share one scale from black to white; else each has its own.
  ///     A picture of equal numbers is grey; NaN is black.
  ///   - magnification: Rows and columns that each element becomes, at least 1.
  /// - Throws: `InsightError.shape` for another shape, `.outOfRange` for the magnification.
  public init(
    _ planes: HostTensor, together: Bool = false, magnification: Int = 1
  ) throws {
    let shape = planes.shape
    guard shape.rank == 3 || (shape.rank == 4 && shape[3] == 3), shape.elementCount > 0 else {
      throw InsightError.shape(
        of: "the pictures", found: shape, needed: "[count, height, width] or [count, …, 3]")
    }
    guard (1...64).contains(magnification) else {
      throw InsightError.outOfRange("magnification", allowed: "from 1 to 64")
    }
    let values = try planes.converted(to: .float32).array(of: Float.self)
    let (count, channels) = (shape[0], shape.rank == 4 ? 3 : 1)
    let size = values.count / count
    var canvas = Canvas(
      cells: count, height: shape[1], width: shape[2], channels: channels,
      magnification: magnification)
    let shared = Self.range(values[...])
    for cell in 0..<count {
      let plane = values[cell * size..<(cell + 1) * size]
      let (low, high) = together ? shared : Self.range(plane)
      canvas.draw(
        plane.map { value in
          guard high > low else { return value.isNaN ? 0 : 128 }
          return UInt8(exactly: ((value - low) / (high - low) * 255).rounded()) ?? 0
        }, in: cell)
    }
    picture = try canvas.tensor
  }

  /// The PNG form of the picture.
  public func pngData() throws -> Data { try ImageFile.pngData(picture) }

  private static func range(_ values: ArraySlice<Float>) -> (Float, Float) {
    let finite = values.filter(\.isFinite)
    return (finite.min() ?? 0, finite.max() ?? 0)
  }
}

/// The pixels of a grid, with lines of a pixel between cells.
private struct Canvas {
  private let height: Int
  private let width: Int
  private let channels: Int
  private let magnification: Int
  private let columns: Int
  private let rows: Int
  private var pixels: [UInt8]

  private static let gap = 1
  private static let gapValue: UInt8 = 255

  init(cells: Int, height: Int, width: Int, channels: Int, magnification: Int) {
    (self.height, self.width) = (height, width)
    (self.channels, self.magnification) = (channels, magnification)
    // Wide pictures stand in fewer columns than tall ones.
    let ideal = (Double(cells) * Double(height) / Double(width)).squareRoot()
    columns = min(max(Int(ideal.rounded(.up)), 1), cells)
    rows = (cells + columns - 1) / columns
    pixels = []
    pixels = [UInt8](repeating: Self.gapValue, count: totalHeight * totalWidth * channels)
  }

  private var totalHeight: Int { rows * (height * magnification + Self.gap) + Self.gap }
  private var totalWidth: Int { columns * (width * magnification + Self.gap) + Self.gap }

  mutating func draw(_ plane: [UInt8], in cell: Int) {
    let top = cell / columns * (height * magnification + Self.gap) + Self.gap
    let left = cell % columns * (width * magnification + Self.gap) + Self.gap
    for row in 0..<height * magnification {
      for column in 0..<width * magnification {
        let source = (row / magnification * width + column / magnification) * channels
        let target = ((top + row) * totalWidth + left + column) * channels
        for channel in 0..<channels { pixels[target + channel] = plane[source + channel] }
      }
    }
  }

  var tensor: HostTensor {
    get throws {
      try HostTensor(pixels, shape: [totalHeight, totalWidth, channels])
    }
  }
}
